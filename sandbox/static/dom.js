// Building DOM without markup strings: every text that came from elsewhere becomes a text node.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "class") node.className = value;
    else if (key === "text") node.textContent = value;
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

export function add(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

let counter = 0;
export const uid = (prefix = "x") => `${prefix}-${++counter}`;

const SAFE_LINK = /^(https?:\/\/|mailto:|tel:)/i;
export const safeUrl = (url) => (typeof url === "string" && SAFE_LINK.test(url.trim()) ? url.trim() : null);

export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", class: "link" }, ...children);
}

export function announce(text) {
  const node = document.getElementById("announce");
  if (node) node.textContent = text;
}

const PATHS = {
  hash: "M5 9h14M5 15h14M10 4 8 20M16 4l-2 16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  bell: "M12 4c-3.300 0-5 2.500-5 5.600 0 3.400-.9 4.500-2 5.600v1h14v-1c-1.100-1.100-2-2.200-2-5.600C17 6.500 15.300 4 12 4zM10.300 19a1.800 1.800 0 0 0 3.400 0",
  home: "M4 11l8-7 8 7v9h-5.500v-6h-5v6H4z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  dots: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  reply: "M4 5h16v11h-8l-5 4v-4H4z",
  send: "M4 12 20 4l-5 16-3.500-6.500z",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  menu: "M4 7h16M4 12h16M4 17h16",
  down: "M6 9l6 6 6-6",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
  check: "M5 12.500l4.500 4.500L19 7.500",
  alert: "M12 4 2.500 20h19zM12 10v5M12 17.500v.01",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  archive: "M4 5h16v4H4zM5.500 9v10h13V9M10 13h4",
};

export function icon(name, extra = "") {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${name === "more" || name === "dots" ? "icon-dots" : ""} ${extra}`.replace(/ +/g, " ").trim());
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.dots);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", title: label, "aria-label": label, on: { click: onClick }, ...props, class: `icon-button ${props.class ?? ""}` }, icon(name));
}

export const spinner = () => h("span", { class: "spinner", role: "img", "aria-label": "Working" });

const TINTS = 8;
export function avatar(name, { id = name, app = false, system = false } = {}) {
  if (app) return h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, icon("bell"));
  if (system) return h("span", { class: "avatar avatar-system", "aria-hidden": "true" }, icon("alert"));
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  const initials = String(name || "?").trim().split(/\s+/).slice(0, 2).map((word) => Array.from(word)[0] ?? "").join("");
  return h("span", { class: `avatar tint-${sum % TINTS}`, "aria-hidden": "true", text: initials.toUpperCase() });
}
