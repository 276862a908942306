"use strict";
// Keys for people who live here: / to search, j and k from hit to hit, Enter opens it (the link has the focus).
(() => {
  const isTyping = (place) => place instanceof HTMLElement && place.matches("input, textarea, select");
  const step = (by) => {
    const links = [...document.querySelectorAll(".hit h3 a")];
    const here = links.indexOf(document.activeElement);
    const next = links[Math.min(Math.max(here + by, 0), links.length - 1)];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q").select();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
})();
