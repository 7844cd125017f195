import Studies

/// A page whose main part the browser reloads every second.
struct LivePage: Sendable {
  let title: String
  let header: HTML
  /// The address of the main part.
  let address: String
  let main: HTML

  var page: SiteResponse {
    let body: HTML = """
      <header>
      \(header)<p class="pulse" role="status"><i></i><span>Live</span></p>
      </header>
      <main data-live="\(address)">
      \(main)</main>

      """
    let shell = PageShell(title: title, style: LiveStyle.text, script: LiveScript.text, connections: "'self'")
    return SiteResponse(shell.html(body: body).text)
  }

  var fragment: SiteResponse { SiteResponse(main.text) }
}

/// Reloads the main part of a page, less often while the page is hidden, and reports when the server is unreachable.
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
          const text = await answer.text();
          // Keep scroll positions and the keyboard focus.
          const stops = () => Array.from(main.querySelectorAll('a, [tabindex], input, button'));
          const focus = stops().indexOf(document.activeElement);
          const scrolled = Array.from(main.querySelectorAll('.scroll'), each => each.scrollLeft);
          main.innerHTML = text;
          foldLong(main);
          main.querySelectorAll('.scroll').forEach((each, index) => { each.scrollLeft = scrolled[index] || 0; });
          if (focus !== -1) stops()[focus]?.focus({preventScroll: true});
          known = answer.headers.get('ETag');
        } else if (answer.status !== 304) {
          return lost('The study is unreadable. Retrying…');
        }
        pulse.classList.remove('lost');
        word.textContent = 'Live, ' + new Date().toLocaleTimeString();
      } catch {
        lost('The server is unreachable. Retrying…');
      }
    }
    function lost(reason) {
      known = null;
      pulse.classList.add('lost');
      word.textContent = reason;
    }
    async function watch() {
      await look();
      setTimeout(watch, document.hidden ? 10000 : 1000);
    }
    watch();
    """
}

/// The styles that live pages add to those of reports.
enum LiveStyle {
  static let text: HTML = """
    .pulse{display:flex;align-items:center;gap:.5rem;margin-top:.8rem;font-size:.85rem;color:var(--soft)}
    .pulse i{width:.55rem;height:.55rem;border-radius:50%;background:var(--better);animation:pulse 2s ease-in-out infinite}
    .pulse.lost i{background:var(--worse);animation:none}
    @keyframes pulse{50%{opacity:.25}}
    @media (prefers-reduced-motion:reduce){.pulse i{animation:none}}
    .bar{display:flex;height:.5rem;background:var(--rule);margin:.8rem 0 .5rem;overflow:hidden;max-width:46rem}
    .bar i{display:block;height:100%}
    .bar .done{background:var(--ink)}
    .bar .running{background:var(--link)}
    .bar .failed{background:var(--worse)}
    .board{border-collapse:separate;border-spacing:2px;min-width:0}
    .board th{padding:0 .8rem 0 0;white-space:nowrap;vertical-align:middle}
    .board tbody th{max-width:none}
    .board thead th{border:0;padding:.2rem 0;text-align:center;font-size:.78rem}
    .board tbody tr,.board tbody tr:last-child{border:0}
    .board td{padding:0;width:2.6rem;min-width:1.6rem;height:1.5rem;background:var(--wash)}
    .board td i{display:block;height:100%}
    .board .done i{background:var(--ink);opacity:.8}
    .board .running{outline:1.5px solid var(--link);outline-offset:-1.5px}
    .board .running i{background:var(--link)}
    .board .failed{background:none;outline:1.5px solid var(--worse);outline-offset:-1.5px;color:var(--worse);text-align:center;font-weight:700;line-height:1.5rem}
    .arms li{display:grid;grid-template-columns:11rem minmax(6rem,1fr) max-content;gap:0 1.2rem;align-items:center}
    .content .arms h3{margin:0;overflow-wrap:anywhere}
    @media (max-width:40rem){.arms li{grid-template-columns:minmax(0,1fr) max-content}.arms .bar{grid-column:1/-1;grid-row:2}}
    .key{font-size:.85rem;color:var(--soft)}
    main{padding-bottom:2.5rem}
    .studies li{padding:1rem 0;border-top:1px solid var(--rule)}
    .studies li:first-child{border-top:0}
    .studies h2{font-size:1.25rem}
    .studies a{color:inherit;text-decoration:none}
    .studies a:hover{text-decoration:underline;text-underline-offset:.15em}
    .studies p{color:var(--soft);font-size:.92rem}
    """
}
