// A page that nobody sees needs no news. Over HTTP/1.1 a browser keeps six connections to a server, and each stream of
// news holds one: were those of hidden pages among them, a seventh page would wait for ever. A page that is seen again
// is told at once that it has changed: ages have grown, even if nothing else has happened.
class Stream {
  constructor(address) {
    this.address = address;
    this.listeners = [];
    this.source = null;
    this.isClosed = false;
    this.look = () => (document.hidden ? this.pause() : this.resume());
    document.addEventListener("visibilitychange", this.look);
    this.look();
  }

  get readyState() {
    if (this.isClosed) return EventSource.CLOSED;
    return this.source ? this.source.readyState : EventSource.CONNECTING;
  }

  resume() {
    if (this.source) return;
    const source = (this.source = new EventSource(this.address));
    source.onopen = (event) => this.onopen?.(event);
    source.onerror = (event) => {
      if (source.readyState === EventSource.CLOSED) this.close(); // refused; htmx asks again, with another one
      this.onerror?.(event);
    };
    for (const [type, listener] of this.listeners) source.addEventListener(type, listener);
  }

  pause() {
    this.source?.close();
    this.source = null;
    this.address = this.address.replace(/since=\d*/, "since="); // older than anything that the server knows
  }

  close() {
    this.isClosed = true;
    this.pause();
    document.removeEventListener("visibilitychange", this.look);
  }

  addEventListener(type, listener) {
    this.listeners.push([type, listener]);
    this.source?.addEventListener(type, listener);
  }

  removeEventListener(type, listener) {
    this.listeners = this.listeners.filter((one) => one[0] !== type || one[1] !== listener);
    this.source?.removeEventListener(type, listener);
  }
}

htmx.createEventSource = (address) => new Stream(address);
