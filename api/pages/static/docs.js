// Starts the API browser and, in the sandbox, logs in with one click. Tokens live in memory only.

// Who logged in; the contract may still be loading then, and takes no tokens before it is read.
let held = null;

const browser = window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  docExpansion: "none", // a resource is drawn when it is opened: all of them at once take seconds
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  onComplete: authorize,
  validatorUrl: null, // the default asks another host
  requestInterceptor: (request) => {
    request.headers["Accept-Language"] ??= document.documentElement.lang;
    return request;
  },
});

const strip = document.getElementById("logins");
if (strip) {
  fillStrip(strip).catch((error) => {
    console.warn(error.message);
  });
}

function authorize() {
  if (!held) return;
  browser.preauthorizeApiKey("bearer", held.access_token);
  browser.preauthorizeApiKey("refreshToken", held.refresh_token);
}

async function fillStrip(strip) {
  const everybody = await send("GET", "/v1/sandbox/personas");
  const said = strip.querySelector("[data-said]");
  const bind = strip.querySelector("[data-bind]");

  const become = async (button, path, body, onLogin) => {
    try {
      const tokens = await send("POST", path, body);
      held = tokens;
      authorize();
      for (const other of strip.querySelectorAll("[aria-pressed]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      said.value = said.dataset.loggedIn + button.textContent;
      onLogin(tokens);
    } catch (error) {
      said.value = error.message;
    }
  };

  const logInAsPersona = (persona) => (button) =>
    become(button, "/v1/sessions", { provider: "sandbox", code: persona.code }, (tokens) => {
      bind.hidden = false;
      bind.onclick = () => bindAndSync(persona, tokens.access_token);
    });

  const logInAsStaff = ({ organisation_code, staff_number, password }) => (button) =>
    become(button, "/v1/staff/sessions", { organisation_code, staff_number, password }, () => {
      bind.hidden = true;
    });

  const bindAndSync = async ({ name, id_type, id_number }, token) => {
    try {
      const account = await send("GET", "/v1/account", undefined, token);
      if (account.assurance_level < 2) {
        const claim = { name, id_type, id_number, consent_version: "1" };
        await send("POST", "/v1/real-name", claim, token);
      }
      const { licences } = await send("POST", "/v1/wallet/sync", undefined, token);
      said.value = `${said.dataset.bound}${name} (${licences.length})`;
    } catch (error) {
      said.value = error.message;
    }
  };

  for (const persona of everybody.items) {
    addButton(strip, "items", persona.name, persona.code, persona.about, logInAsPersona(persona));
  }
  for (const member of everybody.staff) {
    const duties = `${member.organisation_name} · ${member.permissions.join(", ")}`;
    addButton(strip, "staff", member.staff_number, member.organisation_code, duties, logInAsStaff(member));
  }
  strip.hidden = false;
}

function addButton(strip, list, name, code, title, onClick) {
  const button = document.createElement("button");
  const small = document.createElement("small");
  small.textContent = code;
  button.type = "button";
  button.title = title;
  button.setAttribute("aria-pressed", "false");
  button.append(name, " ", small);
  button.onclick = () => onClick(button);
  strip.querySelector(`[data-list="${list}"]`).append(button);
}

async function send(method, path, body, token) {
  const headers = { "Accept-Language": document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${answer.code}: ${answer.detail ?? answer.title}`);
  return answer;
}
