for (const t of document.querySelectorAll("time[datetime*=T]")) {
  const at = new Date(t.dateTime)
  t.title = t.textContent
  t.textContent = at.toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
}
