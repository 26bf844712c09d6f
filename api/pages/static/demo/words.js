// Chinese and English side by side, where they are used; and times, states and people in words.

import { inChina } from "../shared/clock.js";
import { createWords } from "../shared/i18n.js";

const words = createWords({ zh: {}, en: {} });

export const isEnglish = () => words.language() === "en";
export const language = words.language;
export const say = (zh, en) => (isEnglish() ? en : zh);
export const onLanguage = words.onChange;

/** Speak English or Chinese from now on; what the page brought with it follows through data-zh and data-en. */
export function speakEnglish(on) {
  for (const element of document.querySelectorAll("[data-zh]")) {
    element.textContent = on ? element.dataset.en : element.dataset.zh;
  }
  words.speak(on ? "en" : "zh");
}

/** "2026-11-22T02:00:01Z" → "11-22 10:00"; with the year and the seconds where `full`. */
export function moment(instant, full = false) {
  if (!instant) return "—";
  return full ? inChina(instant) : inChina(instant, { seconds: false }).slice(5);
}

/** A date that ends a validity; null has no end. */
export const until = (date) => date ?? say("长期", "no end");

const STATUS = {
  valid: ["有效", "Valid"], not_yet_valid: ["未生效", "Not yet valid"], expired: ["已过期", "Expired"],
  suspended: ["暂扣", "Suspended"], revoked: ["吊销", "Revoked"], cancelled: ["注销", "Cancelled"],
  superseded: ["已换新", "Superseded"], transferred: ["已转出", "Transferred"],
};
const DISCLOSE = { basic: ["基本", "Basic"], standard: ["标准", "Standard"], full: ["完整", "Full"] };
const OUTCOME = {
  accepted: ["核验通过", "Accepted"], rejected: ["未通过", "Rejected"], pending: ["等待确认", "Waiting for you"],
};
const TITLES = {
  ID_CARD: "Resident ID card", DRIVING_LICENCE: "Driving licence", VEHICLE_LICENCE: "Vehicle licence",
  SOCIAL_SECURITY_CARD: "Social security card", MARRIAGE_CERT: "Marriage certificate",
  DIVORCE_CERT: "Divorce certificate", BIRTH_CERT: "Birth certificate", HOUSEHOLD_REGISTER: "Household register",
  REAL_ESTATE_CERT: "Title to real estate", DISABILITY_CERT: "Disability certificate",
  ELDERLY_CARD: "Senior citizen's card", RESIDENCE_PERMIT: "Residence permit",
  HK_MACAO_PERMIT: "Hong Kong & Macao permit", PASSPORT: "Passport", DEGREE_CERT: "Degree certificate",
  DOCTOR_LICENCE: "Doctor's licence", VETERAN_CARD: "Veteran's card", HOUSING_FUND: "Housing fund statement",
  BUSINESS_LICENCE: "Business licence", FOOD_LICENCE: "Food business permit",
  ROAD_TRANSPORT_LICENCE: "Road transport permit", ROAD_TRANSPORT_CERT: "Road transport certificate",
  BANK_ACCOUNT_PERMIT: "Basic bank account", PUBLIC_HYGIENE_LICENCE: "Public hygiene permit",
  TOBACCO_LICENCE: "Tobacco retail permit", HEALTH_CERT: "Health certificate",
  MEDICAL_INSURANCE_CODE: "Medical insurance code",
};
const ABOUT = {
  "zhang-wei": "有车、已婚、缴公积金", "li-na": "医生、有房、母亲", "zhang-zimo": "张伟与李娜之子，未满14岁",
  "chen-guihua": "老年、残疾，儿子王强可代办", "wang-qiang": "餐饮公司法定代表人",
  "zhao-min": "餐饮公司经办人，不是其法定代表人", "liu-yang": "应届毕业生，驾驶证已过期",
  "sun-lei": "退役军人，驾驶证被吊销", "wu-fang": "离异，驾驶证被暂扣", "zheng-hao": "已实名、没有证照：冷启动",
  "zhou-jie": "持居住证的香港居民", "smith-john": "持永久居留身份证的外国人", "huang-li": "便利店个体户",
  "he-jun": "登记为“何军”：填“何俊”会被拒", "anna-meyer": "持护照的外国人",
};

const word = (table, key) => say(...(table[key] ?? [key, key]));
export const statusWord = (status) => word(STATUS, status);
export const discloseWord = (disclose) => word(DISCLOSE, disclose);
export const outcomeWord = (outcome) => word(OUTCOME, outcome);

/** What a kind is called; its official title is Chinese, and the English is ours. */
export const kindTitle = (code, title) => say(title, TITLES[code] ?? title);

/** What is special about a persona. */
export const aboutPersona = (persona) => say(ABOUT[persona.code] ?? persona.about, persona.about);
