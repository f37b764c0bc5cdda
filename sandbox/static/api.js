// Talking to the sandbox's server. A call never throws: it answers {ok: false, error, message} instead.

const OFFLINE = { ok: false, error: "offline", message: "The sandbox's server does not answer. Is it still running?" };

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    return { ...OFFLINE };
  }
  let data;
  try {
    data = await response.json();
  } catch {
    return { ok: false, error: "bad_answer", message: `The sandbox's server answered ${response.status} without an explanation.` };
  }
  if (data === null || typeof data !== "object") return { ok: false, error: "bad_answer", message: "The sandbox's server sent an answer this page cannot read." };
  return response.ok ? { ok: true, ...data } : { message: `The sandbox's server answered ${response.status}.`, error: "failed", ...data, ok: false };
}

export function get(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(given).toString();
  return call(query ? `${path}?${query}` : path);
}

export function post(path, body) {
  return call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}
