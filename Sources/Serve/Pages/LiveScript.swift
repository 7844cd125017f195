import Studies

/// Fetches the main part of a page again, less often while nobody looks, and says when the server is gone.
enum LiveScript {
  static let text: HTML = """
    const main = document.querySelector('main');
    const pulse = document.querySelector('.pulse');
    const word = pulse.querySelector('span');
    let known = null;
    async function look() {
      try {
        const headers = known === null ? {} : {'If-None-Match': known};
        const answer = await fetch(main.dataset.live, {headers, cache: 'no-store'});
        if (answer.status === 200) {
          const focus = document.activeElement;
          if (focus === null || !main.contains(focus)) {
            const scrolled = Array.from(main.querySelectorAll('.scroll'), each => each.scrollLeft);
            main.innerHTML = await answer.text();
            main.querySelectorAll('.scroll').forEach((each, index) => { each.scrollLeft = scrolled[index] || 0; });
            known = answer.headers.get('ETag');
          }
        } else if (answer.status !== 304) {
          throw new Error(answer.statusText);
        }
        pulse.classList.remove('lost');
        word.textContent = 'Live, ' + new Date().toLocaleTimeString();
      } catch {
        known = null;
        pulse.classList.add('lost');
        word.textContent = 'The server can’t be reached; trying again';
      }
      setTimeout(look, document.hidden ? 10000 : 1000);
    }
    look();
    """
}
