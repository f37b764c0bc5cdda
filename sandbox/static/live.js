// What changed, as it changes: server-sent events, and asking every 2 s while they fail.
let source = null;
let timer = null;
let retry = null;

export function follow(as, { changed, status }) {
  source?.close();
  clearInterval(timer);
  clearTimeout(retry);
  timer = null;
  const poll = (on) => {
    if (!on) clearInterval(timer);
    if (on && timer) return;
    timer = on ? setInterval(() => changed(null), 2000) : null;
    status(on ? "polling" : "live");
  };
  const open = () => {
    const mine = new EventSource(`/ui/events?as=${encodeURIComponent(as)}`);
    source = mine;
    let opened = false;
    mine.onopen = () => {
      poll(false);
      if (opened) changed(null); // what happened while the line was cut
      opened = true;
    };
    mine.onmessage = (event) => {
      let what = null;
      try {
        what = JSON.parse(event.data);
      } catch { /* then everything is asked for */ }
      changed(what);
    };
    mine.onerror = () => {
      if (mine !== source) return;
      opened = true;
      poll(true);
      if (mine.readyState === EventSource.CLOSED) retry = setTimeout(open, 3000);
    };
  };
  open();
}
