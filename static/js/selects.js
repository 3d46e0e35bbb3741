// Searchable selects: <select data-enhance>, also multiple.
(function () {
  "use strict";
  function arm() {
    document.querySelectorAll("select[data-enhance]").forEach((select) => {
      if (select.tomselect || select.closest("template")) return;
      new window.TomSelect(select, {
        copyClassesToDropdown: false,
        dropdownParent: select.closest(".dropdown-menu, .modal, .offcanvas") ? undefined : "body",
        controlInput: "<input>",
        maxOptions: 500,
        hidePlaceholder: true,
        render: { no_results: () => `<div class="no-results">${window.concord.words().noMatch}</div>` },
      });
    });
  }
  arm();
  document.addEventListener("assets:ready", arm);
})();
