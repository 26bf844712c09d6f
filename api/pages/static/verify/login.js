// Logging in, and what a member of staff owes before anything else: a password of their own, a second factor.

import { Problem, Unreachable } from "../shared/api.js";
import { byId, show } from "../shared/dom.js";

const SANDBOX = { organisation: "traffic-police", number: "V001", password: "sandbox-V001" };

/** Return the login pages; `onReady()` hears that somebody logged in and owes nothing. */
export function createLogin({ session, words, onReady, onOffline }) {
  const { say } = words;
  const pages = ["login", "owed-password", "owed-totp"];
  let password = "";

  const only = (id) => {
    for (const page of pages) show(byId(page), page === id);
    if (id) byId(id).querySelector("input:not([hidden]), button")?.focus();
  };

  const told = (error) => {
    if (error instanceof Unreachable) return say("network");
    if (!(error instanceof Problem)) throw error;
    return error.message;
  };

  const proceed = (staff) => {
    byId("login-form").reset();
    show(byId("totp-row"), false);
    if (!staff.permissions.includes("verify")) {
      session.logOut("left");
      byId("login-said").textContent = say("noVerify");
      return;
    }
    byId("password-whose").value = staff.staff_number;
    if (staff.required_action === "password-change") only("owed-password");
    else if (staff.required_action === "totp-enrolment") only("owed-totp");
    else {
      password = "";
      only(null);
      onReady();
    }
  };

  const onSubmit = (form, saidId, work) => {
    byId(form).addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = byId(form).querySelector("button");
      byId(saidId).textContent = "";
      button.disabled = true;
      try {
        await work();
      } catch (error) {
        byId(saidId).textContent = told(error);
      } finally {
        button.disabled = false;
      }
    });
  };

  onSubmit("login-form", "login-said", async () => {
    const totp = byId("totp").value.trim();
    password = byId("password").value;
    try {
      const staff = await session.logIn({
        organisation_code: byId("organisation").value.trim(),
        staff_number: byId("number").value.trim(),
        password,
        ...(totp && { totp }),
      });
      proceed(staff);
    } catch (error) {
      if (error.code !== "totp-required" && error.code !== "totp-refused") throw error;
      show(byId("totp-row"));
      byId("totp").focus();
      throw error;
    }
  });

  onSubmit("password-form", "password-said", async () => {
    const wanted = byId("new-password").value;
    if (wanted !== byId("again").value) {
      byId("password-said").textContent = say("different");
      return;
    }
    const body = { old_password: password, new_password: wanted };
    const { body: staff } = await session.send("POST", "/v1/staff/password", { body, mayRefuse: true });
    byId("password-form").reset();
    session.know(staff);
    proceed(staff);
  });

  byId("totp-begin").addEventListener("click", async () => {
    try {
      const { body } = await session.send("POST", "/v1/staff/totp");
      byId("totp-secret").textContent = body.secret.replace(/(.{4})/g, "$1 ").trim();
      byId("totp-open").href = body.otpauth_uri;
      show(byId("totp-form"));
      byId("totp-code").focus();
    } catch (error) {
      byId("totp-said").textContent = told(error);
    }
  });

  onSubmit("totp-form", "totp-said", async () => {
    const body = { code: byId("totp-code").value.trim() };
    const { body: staff } = await session.send("POST", "/v1/staff/totp/confirm", { body, mayRefuse: true });
    byId("totp-form").reset();
    byId("totp-secret").textContent = "";
    session.know(staff);
    proceed(staff);
  });

  byId("fill")?.addEventListener("click", () => {
    for (const [id, value] of Object.entries(SANDBOX)) byId(id).value = value;
    byId("login-form").querySelector("button").focus();
  });
  byId("offline-go").addEventListener("click", () => {
    only(null);
    onOffline();
  });

  return {
    /** Show the login, with a word about why. */
    open: (why = "") => {
      password = "";
      only("login");
      byId("login-said").textContent = why;
    },
    close: () => only(null),
    /** Offer to go on without a network, where there is a pack to do so with. */
    offer: (can) => show(byId("offline-in"), can),
  };
}
