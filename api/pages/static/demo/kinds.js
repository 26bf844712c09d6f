// The look of each licence kind: two colours of its ground, on which white text stands out (WCAG AA), and its emblem.

import { el } from "../shared/dom.js";
import { icon, styled, withVars } from "./drawing.js";
import { EMBLEMS } from "./emblems.js";
import { ICONS } from "./icons.js";
import { state } from "./state.js";
import { kindTitle, moment, say, statusWord, until } from "./words.js";

export const COLOURS = {
  ID_CARD: ["#1d4f91", "#2a6a9e"], DRIVING_LICENCE: ["#14213d", "#3a4a73"], VEHICLE_LICENCE: ["#155263", "#1f7480"],
  SOCIAL_SECURITY_CARD: ["#0f5c4c", "#1d7a5f"], MARRIAGE_CERT: ["#8c1c2b", "#b8323f"], DIVORCE_CERT: ["#5b2a4a", "#7d3f66"],
  BIRTH_CERT: ["#8a3a5a", "#ac4f6f"], HOUSEHOLD_REGISTER: ["#6d3b1f", "#8f5230"], REAL_ESTATE_CERT: ["#7a2317", "#a03d24"],
  DISABILITY_CERT: ["#3b4a8c", "#5462a8"], ELDERLY_CARD: ["#7d2e10", "#a34a1c"], RESIDENCE_PERMIT: ["#1c5a7a", "#2b7391"],
  HK_MACAO_PERMIT: ["#1a4a66", "#23708a"], PASSPORT: ["#4a1526", "#7a2338"], DEGREE_CERT: ["#3a2a6d", "#55449a"],
  DOCTOR_LICENCE: ["#0d5b6b", "#187a86"], VETERAN_CARD: ["#5c4a12", "#7a6420"], HOUSING_FUND: ["#7a3d0c", "#9c5518"],
  BUSINESS_LICENCE: ["#2b3440", "#4d5a6b"], FOOD_LICENCE: ["#2f5d1f", "#467a33"], ROAD_TRANSPORT_LICENCE: ["#2c3e66", "#45598a"],
  ROAD_TRANSPORT_CERT: ["#33415c", "#536281"], BANK_ACCOUNT_PERMIT: ["#5a1f1f", "#8a3434"], PUBLIC_HYGIENE_LICENCE: ["#13566e", "#22758e"],
  TOBACCO_LICENCE: ["#4a3b1c", "#6e5a2e"], HEALTH_CERT: ["#8a1f4d", "#ad3a66"], MEDICAL_INSURANCE_CODE: ["#0a5a86", "#1f74a3"],
};
await styled("cards");

const PLAIN = ["#3a4250", "#56606f"];

/** Return the drawn emblem of a kind. */
export const emblem = (kind, look = "emblem") => icon(EMBLEMS[kind] ?? ICONS.file, look);

/** Give an element the colours of a kind. */
export function inColours(element, kind) {
  const [dark, light] = COLOURS[kind] ?? PLAIN;
  return withVars(element, { "--dark": dark, "--light": light });
}

/** What is said of the age of a licence's data, where there is something to say. */
export function ageOf(licence) {
  const silent = state.registries.some(({ code, status }) => code === licence.issuer.code && status !== "ok");
  if (licence.freshness === "fresh" && !silent) return null;
  return say(`数据截至 ${moment(licence.as_of)}`, `as of ${moment(licence.as_of)}`);
}

/** Return a licence as a card: a button where `onclick` is given. */
export function card(licence, { onclick, big = false, photo = null } = {}) {
  const chip = licence.status === "valid" ? null : el("span", { class: "chip" }, statusWord(licence.status));
  const age = ageOf(licence);
  const tag = onclick ? "button" : "div";
  const drawn = el(tag, { class: `licence${big ? " big" : ""}${licence.showable ? "" : " dim"}`, type: onclick && "button", onclick, "data-kind": licence.kind },
    emblem(licence.kind, "emblem ghost"),
    el("span", { class: "licence-top" },
      el("span", { class: "seal" }, emblem(licence.kind)),
      el("span", { class: "licence-name" }, el("b", {}, kindTitle(licence.kind, licence.title)), el("small", { lang: "zh-CN" }, licence.issuer.name)),
      licence.pinned ? icon(ICONS.pin, "icon pinned") : null, chip),
    photo,
    el("span", { class: "licence-foot" },
      el("span", {}, el("small", {}, say("持证人", "Holder")), el("span", { lang: "zh-CN" }, licence.holder_name_masked)),
      el("span", { class: "number" }, el("small", {}, say("证号", "Number")), licence.number_masked),
      el("span", {}, el("small", {}, say("有效期至", "Valid to")), until(licence.valid_to))),
    age ? el("span", { class: "age" }, icon(ICONS.clock), age) : null);
  return inColours(drawn, licence.kind);
}
