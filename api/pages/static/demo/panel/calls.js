// Every call as it happens: method, path, status, time; and one of them in full.

import { el } from "../../shared/dom.js";
import { onCall } from "../api.js";
import { toast } from "../sheets.js";
import { say } from "../words.js";
import { bodyText, coloured, curl, shorten } from "./curl.js";

const MOST = 200;
const RECENT = 5;

export function callList() {
  const calls = []; // newest last; a poll that repeats itself is one entry with a count
  let chosen = null;
  let follow = true;
  let list, detail, clear;

  onCall((call) => {
    // Two sides may look in turn: each goes on where it looked before.
    const last = calls.slice(-RECENT).findLast((entry) => repeats(entry, call));
    if (last) {
      last.times += 1;
      Object.assign(last.call, { milliseconds: call.milliseconds, at: call.at });
      last.row.replaceWith((last.row = row(last)));
    } else {
      calls.push({ call, times: 1, row: null });
      if (calls.length > MOST) calls.shift().row.remove();
      const entry = calls.at(-1);
      entry.row = row(entry);
      list.append(entry.row);
      list.scrollTo(0, list.scrollHeight);
      if (follow && !isPoll(call)) choose(entry, false);
    }
  });

  function row(entry) {
    const { call } = entry;
    return el("li", {}, el("button", {
      type: "button", class: `call${entry === chosen ? " chosen" : ""}`, "aria-pressed": String(entry === chosen), onclick: () => choose(entry, true),
    },
    el("span", { class: `actor ${call.actor}` }, actorWord(call.actor)),
    el("b", { class: `method ${call.method}` }, call.method),
    el("span", { class: "path", title: decodeURI(call.path) }, pathWords(call.path)),
    el("span", { class: "times" }, entry.times > 1 ? `×${entry.times}` : ""),
    el("span", { class: `status s${Math.floor((call.status ?? 0) / 100)}` }, String(call.status ?? "—")),
    el("span", { class: "took" }, `${call.milliseconds} ms`)));
  }

  function choose(entry, byHand) {
    if (byHand) follow = entry === calls.at(-1);
    const before = chosen;
    chosen = entry;
    for (const one of [before, entry]) if (one?.row) one.row.replaceWith((one.row = row(one)));
    detail.replaceChildren(...inFull(entry.call));
    if (byHand) entry.row.firstChild.focus();
  }

  return {
    draw() {
      list = el("ol", { class: "call-list", tabindex: "0", "aria-label": say("接口调用，最新在下", "API calls, the newest last") });
      detail = el("div", { class: "call-detail", tabindex: "0", role: "region", "aria-label": say("选中的调用", "The chosen call") },
        el("p", { class: "hint" }, say("在手机上点一下，调用就出现在这里。", "Tap the phone: its calls appear here.")));
      clear = el("button", { type: "button", class: "tool", onclick: () => { calls.length = 0; chosen = null; follow = true; list.replaceChildren(); detail.replaceChildren(); } }, say("清空", "Clear"));
      for (const entry of calls) list.append((entry.row = row(entry)));
      if (chosen) detail.replaceChildren(...inFull(chosen.call));
      return el("section", { class: "calls", "aria-labelledby": "calls-title" },
        el("div", { class: "section-head" }, el("h3", { id: "calls-title" }, say("接口调用", "API calls")), clear),
        el("div", { class: "calls-body" }, list, detail));
    },
  };
}

const isPoll = (call) => call.method === "GET" && /\/show-tokens\/[^/]+$|\/notices\?|\/verifications\/[^/]+$/.test(call.path);
const repeats = (last, call) => isPoll(call) && last.call.method === call.method && last.call.path === call.path && last.call.actor === call.actor
  && last.call.status === call.status;

const actorWord = (actor) => (actor === "staff" ? say("对面", "staff") : actor === "levers" ? say("沙盒", "sandbox") : say("手机", "phone"));

// Ids are long and say little: the row shows their end.
const pathWords = (path) => decodeURI(path).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => `…${id.slice(-4)}`);

function inFull(call) {
  const sent = bodyText(call.sent);
  const answer = bodyText(call.answer);
  return [
    el("div", { class: "detail-head" },
      el("b", { class: `method ${call.method}` }, call.method), el("code", { class: "whole-path" }, decodeURI(call.path)),
      el("span", { class: "tools" }, tool(say("复制为 curl", "Copy as curl"), () => curl(call)), answer && tool(say("复制回答", "Copy answer"), () => answer))),
    el("h4", {}, say("请求", "Request")),
    el("pre", {}, call.withToken ? [el("span", { class: "json-key" }, "Authorization"), ": Bearer ", el("span", { class: "json-string" }, call.actor === "staff" ? "$STAFF_TOKEN" : "$TOKEN"), "\n"] : "", coloured(shorten(sent)).concat(sent ? "" : "—")),
    el("h4", {}, say("回答", "Answer"), " ", el("span", { class: `status s${Math.floor((call.status ?? 0) / 100)}` }, String(call.status ?? "—")), ` ${call.milliseconds} ms`),
    el("pre", {}, call.status === 304 ? say("（没有变化：If-None-Match）", "(nothing changed: If-None-Match)") : coloured(shorten(answer))),
  ];
}

function tool(words, text) {
  return el("button", { type: "button", class: "tool", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text());
      toast(say("已复制", "Copied"));
    } catch {
      toast(say("浏览器不允许复制", "The browser does not allow copying"));
    }
  } }, words);
}
