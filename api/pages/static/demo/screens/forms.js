// From a service to its form, or straight to a case where it has none.

import { el } from "../../shared/dom.js";
import { newKey } from "../api.js";
import { ICONS } from "../icons.js";
import { attempt, cell, empty, group } from "../parts.js";
import { go } from "../router.js";
import { ask, toast } from "../sheets.js";
import { actingFor, level, phone } from "../state.js";
import { moment, say } from "../words.js";

/** Begin what somebody came for. */
export async function begin(service) {
  if (level() < 2 && !actingFor()) {
    toast(say("请先绑定实名", "Bind your real name first"));
    await go("bind");
    return;
  }
  const { items } = await phone.get(`/v1/forms?service_code=${encodeURIComponent(service.code)}`);
  if (items.length) {
    await fill(items[0].code);
    return;
  }
  ask(service.name, say("此事项无需表单，提交后由部门受理。", "No form is needed: the department takes it from here."), say("提交申请", "Apply"), () =>
    attempt(null, async () => {
      const { id } = await phone.post(`/v1/services/${service.code}/cases`, {}, { key: newKey() });
      toast(say("已提交", "Submitted"));
      await go("caseFile", { id });
    }));
}

/** Begin a draft: what can be filled from licences is filled when it opens. */
export async function fill(code) {
  const { id } = await phone.post(`/v1/forms/${code}/drafts`, {}, { key: newKey() });
  await go("form", { id });
}

/** Every form there is, and the drafts that one has begun. */
export async function forms() {
  const audience = actingFor()?.type === "organisation" ? "enterprise" : "person";
  const [all, drafts] = await Promise.all([phone.get("/v1/forms?limit=50"), phone.get("/v1/drafts?limit=20")]);
  const open = drafts.items.filter(({ status }) => status === "draft");
  const fitting = all.items.filter((form) => form.audience === audience);
  return {
    title: say("表单", "Forms"),
    nodes: [
      open.length > 0 && group(say("我的草稿", "My drafts"), open.map((draft) => cell({
        title: el("span", { lang: "zh-CN" }, draft.form_title), note: say(`保存于 ${moment(draft.updated_at)}`, `saved ${moment(draft.updated_at)}`), onclick: () => go("form", { id: draft.id }),
      }))),
      fitting.length ? group(say("自动填写的表单", "Forms that fill themselves"), fitting.map((form) => cell({
        title: el("span", { lang: "zh-CN" }, form.title),
        note: say(`${form.material_count} 份材料由证照代替${form.instant ? " · 可秒批" : ""}`, `${form.material_count} papers replaced by licences${form.instant ? " · decided at once" : ""}`),
        onclick: (event) => attempt(event.currentTarget, () => fill(form.code)),
        look: "form-cell",
      }))) : empty(ICONS.file, say("没有适用的表单", "No form fits")),
    ].filter(Boolean),
  };
}
