// Runs before the first paint: light or dark, narrow or wide navigation, as this browser left them.
(function () {
  "use strict";
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is forbidden in this browser: the defaults serve
    }
  };
  const wanted = read("concord.theme");
  const dark = wanted ? wanted === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = dark ? "dark" : "light";
  root.classList.add("js");
  if (read("concord.sidebar") === "narrow") root.classList.add("sidebar-narrow");
})();
