// Pages are whole without this. With it they stay up to date, count down, and write times as their reader's clock does.
"use strict"
const shape = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }

const formats = new Map()
function format(at, more) {
  const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" }
  const key = JSON.stringify([year, more])
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, { ...shape, ...year, ...more }))
  return formats.get(key).format(at)
}

// On a browser's clock that is not the one its reader has in Slack, the zone is said: the page tells of both.
function onThisClock(at) {
  const said = format(at, {}), zone = document.body.dataset.zone
  try { return !zone || format(at, { timeZone: zone }) === said ? said : format(at, { timeZoneName: "short" }) } catch { return said }
}

function writeTimes(root) {
  for (const one of root.querySelectorAll("time[datetime]:not(.countdown)")) {
    one.title = one.title || one.textContent
    const said = onThisClock(new Date(one.dateTime))
    if (one.textContent !== said) one.textContent = said
  }
}

function countDown() {
  for (const one of document.querySelectorAll("time.countdown")) {
    const left = Math.max(0, Math.round((new Date(one.dataset.until) - Date.now()) / 1000))
    const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60, seconds = left % 60
    const two = n => String(n).padStart(2, "0")
    if (left === 0 && !one.dataset.over) { one.dataset.over = "1"; setTimeout(refresh, 1000) }
    one.textContent = left === 0 ? "a moment" : hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
  }
}

// What somebody is typing or has opened stays as it is: it is brought up to date when they are done.
function isInUse(part) {
  if (part.querySelector("[role=alert]")) return true // what was refused stays until it is sent again
  if (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true
  return [...part.querySelectorAll("input, textarea, select")].some(isChanged)
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
  if (field.tagName === "SELECT") return [...field.options].some(option => option.selected !== option.defaultSelected) && field.dataset.touched
  return field.type !== "hidden" && field.value !== field.defaultValue
}

// A text that is half typed in one form is there again after another form of its page was sent. Nothing else is
// kept: what is chosen or ticked has a default that is safe. It ends with the session.
const textsOf = `typed ${document.body.dataset.me} ${document.body.dataset.at || location.pathname}`
if (location.pathname === "/app/sign-in") sessionStorage.clear()

function keepTexts(sent) {
  const kept = []
  for (const text of document.querySelectorAll("form[data-form] textarea")) {
    const refused = text.form.querySelector("[role=alert]")
    if (text.form !== sent && text.value && (text.value !== text.defaultValue || refused)) kept.push([text.id, text.value, text.defaultValue])
  }
  if (kept.length) sessionStorage.setItem(textsOf, JSON.stringify(kept))
  else sessionStorage.removeItem(textsOf)
}

function showTexts() {
  const kept = JSON.parse(sessionStorage.getItem(textsOf) ?? "[]")
  sessionStorage.removeItem(textsOf)
  for (const [id, value, was] of kept) {
    const text = document.getElementById(id)
    if (text && (text.defaultValue === was || !text.defaultValue)) text.value = value // else somebody has changed it meanwhile
  }
}

const markup = new Map()
let busy = false, again = false, waits = false, retry = null
let seen = document.body.dataset.seen // what had happened when that was written which is shown

// What names one form alone is another each time, and nothing that anybody sees.
function shown(part) { return part.outerHTML.replace(/(name="dedup_key" value=")[^"]*/g, "$1") }

async function refresh() {
  if (!document.querySelector("[data-live]")) { stale(false); return }
  if (busy) { again = true; return }
  busy = true
  clearTimeout(retry)
  try {
    const answer = await fetch(document.body.dataset.at || location.href, { headers: { "X-Live": "1" }, redirect: "manual" })
    if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return }
    if (answer.status >= 500) throw answer
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    waits = false
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = fresh.getElementById(part.id)
      if (!now || markup.get(part.id) === shown(now)) continue
      if (isInUse(part)) { waits = true; continue }
      markup.set(part.id, shown(now))
      const focused = part.contains(document.activeElement) ? document.activeElement : null
      const open = [...part.querySelectorAll("details[open][id]")].map(one => one.id)
      part.replaceChildren(...now.childNodes)
      part.className = now.className
      if (now.dataset.due) part.dataset.due = now.dataset.due
      else delete part.dataset.due
      for (const id of open) document.getElementById(id)?.setAttribute("open", "")
      if (focused) (focused.id && document.getElementById(focused.id) || [...part.querySelectorAll("button, a")].find(one => one.textContent === focused.textContent) || document.getElementById("main")).focus()
      part.classList.add("changed")
      setTimeout(() => part.classList.remove("changed"), 1300)
      writeTimes(part)
    }
    countDown()
    lookWhenDue()
    document.title = fresh.title
    seen = fresh.body.dataset.seen
    stale(false)
  } catch { missed() } finally {
    busy = false
    if (again) { again = false; refresh() }
  }
}

// What changes by the clock alone, such as who is on call, says when: then the page looks again.
let awaited = null
function lookWhenDue() {
  clearTimeout(awaited)
  const ahead = [...document.querySelectorAll("[data-due]")].map(one => new Date(one.dataset.due) - Date.now()).map(left => left > 0 ? left + 1000 : 30000)
  if (ahead.length) awaited = setTimeout(refresh, Math.min(...ahead, 3600000))
}

// What a form would come to is told anew as it is filled in. Of several answers the one asked for last counts.
const asked = new WeakMap()
async function tell(part, address, form, more = {}) {
  const mine = (asked.get(part) ?? 0) + 1
  asked.set(part, mine)
  const typed = new URLSearchParams(new FormData(form))
  for (const [name, value] of Object.entries(more)) typed.set(name, value)
  try {
    const answer = await fetch(address, { method: "POST", body: typed })
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id)
    if (fresh && asked.get(part) === mine) part.replaceChildren(...fresh.childNodes)
  } catch { if (asked.get(part) === mine) missed() }
}

// Whoever looks is told, and it is made up for; whoever does not look asks when they do.
function missed() {
  stale(true)
  clearTimeout(retry)
  retry = setTimeout(() => { if (document.visibilityState !== "hidden") refresh() }, 2000)
}

function stale(is) { for (const one of document.querySelectorAll(".stale")) one.hidden = !is }

// A browser has six connections to a host for all of its tabs: one that nobody sees leaves them to the others.
function listen() {
  let failures = 0, stream = null, turn = 0, polls = 0
  const heard = last => { if (last === seen) stale(false); else refresh() }
  const poll = async mine => {
    try {
      const answer = await fetch(document.body.dataset.last)
      if (answer.status === 401) { location.reload(); return }
      if (!answer.ok) throw answer
      heard(String((await answer.json()).last))
    } catch { stale(true) }
    setTimeout(() => { if (mine === turn) ++polls % 150 ? poll(mine) : open() }, 2000)
  }
  const open = () => {
    const mine = ++turn
    const instead = () => { if (mine !== turn) return; stream.close(); clearTimeout(silent); poll(mine) }
    const silent = setTimeout(instead, 5000) // something between holds it back: the first event comes at once
    failures = 0
    stream = new EventSource(document.body.dataset.events)
    stream.addEventListener("changed", event => { clearTimeout(silent); failures = 0; heard(event.data) })
    stream.addEventListener("over", () => { stream.close(); location.reload() })
    stream.onerror = () => {
      stale(failures > 0)
      if (++failures >= 3 || stream.readyState === EventSource.CLOSED) instead()
    }
  }
  const close = () => { turn++; stream?.close() }
  document.addEventListener("visibilitychange", () => {
    close()
    if (document.visibilityState === "hidden") return
    refresh()
    open()
  })
  if (document.visibilityState !== "hidden") open()
}

for (const part of document.querySelectorAll("[data-live]")) markup.set(part.id, shown(part))
document.addEventListener("focusout", () => { if (waits) setTimeout(refresh) })
document.addEventListener("change", event => { if (event.target.tagName === "SELECT") event.target.dataset.touched = "1" })
document.addEventListener("change", event => {
  const form = event.target.form
  if (form?.matches(".previews")) tell(document.getElementById("preview"), form.action, form, { look: "yes" })
})
document.addEventListener("click", event => {
  for (const menu of document.querySelectorAll(".me[open]")) if (!menu.contains(event.target)) menu.open = false
})
document.addEventListener("submit", event => {
  const asked = event.submitter?.dataset.confirm
  if (asked && !confirm(asked)) { event.preventDefault(); return }
  const form = event.target
  if (form.dataset.sent) { event.preventDefault(); return }
  form.dataset.sent = "1"
  if (form.dataset.form) keepTexts(form)
  setTimeout(() => delete form.dataset.sent, 5000)
})
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent })

for (const told of document.querySelectorAll("[data-told]")) {
  const form = told.closest("form")
  form.addEventListener("change", event => {
    if (told.dataset.by.split(" ").includes(event.target.name)) tell(told, told.dataset.told, form)
  })
}
showTexts()
// What was refused is in sight, and the cursor where it is mended.
const fault = document.querySelector(".fault[role=alert]")
if (fault) {
  const field = fault.parentElement.querySelector("[aria-invalid]:is(input, select, textarea)")
  if (field) field.focus({ preventScroll: true })
  fault.scrollIntoView({ block: "center" })
}
writeTimes(document)
countDown()
lookWhenDue()
setInterval(countDown, 1000)
if (document.body.dataset.events) listen()
