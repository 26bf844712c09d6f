// Hand scanners that type: a code arrives as keystrokes, faster than anybody types, and ends in Enter or Tab.
// It counts wherever the focus is, and with a Chinese input method switched on.

const LONGEST_GAP = 500; // milliseconds between two keys of one scan: a busy computer hands them on in bursts
const MEAN_GAP = 80;
const SHORTEST = 20; // characters: nobody types these by hand at such a pace
const ENDS = ["Enter", "NumpadEnter", "Tab"];

// What an input method hides from `key` still stands in `code`, by the layout that scanners assume.
const PLAIN = { Minus: "-", Period: ".", Slash: "/", Semicolon: ";", Equal: "=", Comma: "," };
const SHIFTED = { Minus: "_", Semicolon: ":", Slash: "?", Equal: "+", Period: ">", Comma: "<" };

/** Listen for scans while `isOpen()`; `onCode(text)` hears of each. A key that types passwords is no scanner. */
export function listenForScans(onCode, isOpen, target = document) {
  let typed = "";
  let begun = 0;
  let latest = 0;
  let field = null; // where the keystrokes went, and what stood there before
  let before = "";

  const begin = (event) => {
    typed = "";
    begun = event.timeStamp;
    field = "value" in event.target && event.target.type !== "file" ? event.target : null;
    before = field?.value ?? "";
  };

  const isScan = () => typed.length >= SHORTEST && (latest - begun) / typed.length < MEAN_GAP;

  const put = (event) => {
    const text = typed;
    event.preventDefault();
    event.stopPropagation();
    if (field) field.value = before;
    typed = "";
    onCode(text);
  };

  target.addEventListener(
    "keydown",
    (event) => {
      if (!isOpen() || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.timeStamp - latest > LONGEST_GAP) begin(event);
      if (ENDS.includes(event.code) || ENDS.includes(event.key)) {
        if (isScan()) put(event);
        typed = "";
        return;
      }
      const character = characterOf(event);
      if (character === null) return;
      if (typed === "") begin(event);
      typed += character;
      latest = event.timeStamp;
    },
    { capture: true },
  );
}

function characterOf({ key, code, shiftKey }) {
  if (key.length === 1) return key;
  if (key !== "Process") return null;
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)[0-9]$/.test(code)) return code.at(-1);
  return (shiftKey ? SHIFTED : PLAIN)[code] ?? null;
}
