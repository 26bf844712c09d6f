// Words in two languages. An element says which it wants: data-say="key" for its text, data-say-label="key" for
// its aria-label, and so on for -title, -placeholder and -alt.

const REMEMBERED = "lz-language";
const ATTRIBUTES = { sayLabel: "aria-label", sayTitle: "title", sayPlaceholder: "placeholder", sayAlt: "alt" };

/** Return what says the words of `{zh: {key: text}, en: {key: text}}`; `{name}` in a text is filled in. */
export function createWords(tables) {
  let language = firstLanguage();
  const listeners = [];

  const say = (key, values = {}) => {
    const text = tables[language][key] ?? tables.zh[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };

  const fill = (root = document) => {
    for (const element of root.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
    for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
      const selector = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
      for (const element of root.querySelectorAll(selector)) {
        element.setAttribute(attribute, say(element.dataset[name]));
      }
    }
  };

  const speak = (wanted) => {
    language = wanted === "en" ? "en" : "zh";
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    remember(language);
    fill();
    for (const listener of listeners) listener(language);
  };

  return { say, fill, speak, language: () => language, onChange: (listener) => listeners.push(listener) };
}

/** What the address asks for, else what was chosen before, else the browser's language. */
function firstLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ?? recalled() ?? navigator.language ?? "zh";
  return wanted.toLowerCase().startsWith("en") ? "en" : "zh";
}

// Storage may be forbidden: then a choice holds until the page is left.
function recalled() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function remember(language) {
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // see above
  }
}
