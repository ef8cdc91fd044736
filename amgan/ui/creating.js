// The way to models of one's own, for whom this server has it; asked once there is something to see.
(() => {
  const first = new MutationObserver(async () => {
    if (!document.querySelector('.ag-tile')) return;
    first.disconnect();
    const answer = await fetch(window.amgan.address('create/api/offer')).catch(() => null);
    const { offered } = answer?.ok ? await answer.json() : {};
    if (offered) document.documentElement.dataset.creating = '';
  });
  first.observe(document.documentElement, { childList: true, subtree: true });
})();
