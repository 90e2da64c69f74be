// Draws a form for each operation of /openapi.json and sends what is typed. Everything shown is
// set as text, never as HTML.
const token = document.getElementById("token");

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.assign(made, attributes);
  made.append(...children);
  return made;
}

function field(name, value) {
  const input = element("input", { value: value ?? "", autocomplete: "off", spellcheck: false });
  return [element("label", {}, name, input), input];
}

function example(api, schema) {
  if (schema.$ref) return example(api, api.components.schemas[schema.$ref.split("/").pop()]);
  const body = {};
  for (const name of schema.required ?? []) {
    const known = schema.properties[name];
    body[name] = known.example ?? "";
  }
  return body;
}

function operation(api, path, method, about) {
  const box = element("details", {}, element("summary", {}, element("code", {}, `${method.toUpperCase()} ${path}`), ` ${about.summary ?? ""}`));
  if (about.description) box.append(element("p", {}, about.description));
  const parameters = (about.parameters ?? []).map((parameter) => [parameter, ...field(`${parameter.name} (${parameter.in})`)]);
  box.append(...parameters.map(([, label]) => label));

  const contents = about.requestBody?.content ?? {};
  const kind = Object.keys(contents)[0];
  let body;
  if (kind) {
    const start = example(api, contents[kind].schema);
    const text = kind === "application/json" ? JSON.stringify(start, null, 2) : new URLSearchParams(start).toString();
    body = element("textarea", { value: text, rows: Math.min(10, text.split("\n").length + 1), spellcheck: false });
    box.append(element("label", {}, kind, body));
  }

  // A long answer scrolls: the keyboard has to reach it.
  const answer = element("pre", { hidden: true, tabIndex: 0 });
  answer.setAttribute("role", "status");
  const send = element("button", { type: "button" }, "Send");
  send.addEventListener("click", async () => {
    const query = new URLSearchParams();
    let target = path;
    for (const [parameter, , input] of parameters) {
      if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value) query.set(parameter.name, input.value);
    }
    const headers = kind ? { "Content-Type": kind } : {};
    if (token.value) headers.Authorization = `Bearer ${token.value.trim()}`;
    const address = query.size ? `${target}?${query}` : target;
    answer.hidden = false;
    try {
      const response = await fetch(address, { method: method.toUpperCase(), headers, body: body?.value, credentials: "omit" });
      const text = await response.text();
      answer.textContent = `${response.status} ${response.statusText}\n${pretty(text)}`;
      const found = parsed(text);
      if (found?.access_token ?? found?.token) token.value = found.access_token ?? found.token;
    } catch (error) {
      answer.textContent = String(error);
    }
  });

  const answers = element("table", {});
  for (const [status, response] of Object.entries(about.responses)) {
    answers.append(element("tr", {}, element("td", {}, status), element("td", {}, response.description || "")));
  }
  box.append(send, answer, answers);
  return box;
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

function pretty(text) {
  const found = parsed(text);
  return found === undefined ? text : JSON.stringify(found, null, 2);
}

const api = await (await fetch("/openapi.json")).json();
const routes = document.getElementById("routes");
const groups = new Map();
for (const [path, item] of Object.entries(api.paths)) {
  for (const [method, about] of Object.entries(item)) {
    const group = about.tags?.[0] ?? "other";
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(operation(api, path, method, about));
  }
}
for (const [group, operations] of groups) routes.append(element("section", {}, element("h2", {}, group), ...operations));
