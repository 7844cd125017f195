/// What every page has around its content: head, styles and scripts, and nothing that reaches for the network.
package struct PageShell: Sendable {
  package let title: String
  /// Styles of the page's own, after the common ones.
  package var style: HTML
  /// A script of the page's own, after the common ones.
  package var script: HTML
  /// What the page may connect to, in the words of a content security policy.
  package var connections: String

  package init(title: String, style: HTML = .empty, script: HTML = .empty, connections: String = "'none'") {
    self.title = title
    self.style = style
    self.script = script
    self.connections = connections
  }

  package func html(body: HTML) -> HTML {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; img-src data:; connect-src \(connections); base-uri 'none'; form-action 'none'" />
    <title>\(title)</title>
    <style>
    \(PageStyle.text)
    \(style)
    </style>
    </head>
    <body>
    \(body)<script>
    \(PageScript.text)
    \(script)
    </script>
    </body>
    </html>

    """
  }
}

/// A part of a page under a heading of its own.
package struct PageSection: Sendable {
  /// What links lead to.
  package let id: String
  package let heading: String
  package let content: HTML

  package init(id: String, heading: String, content: HTML) {
    self.id = id
    self.heading = heading
    self.content = content
  }

  package var link: HTML { "<li><a href=\"#\(id)\">\(heading)</a></li>" }

  package var html: HTML {
    """
    <section id="\(id)" aria-labelledby="\(id)-heading">
    <h2 id="\(id)-heading">\(heading)</h2>
    <div class="content">
    \(content)</div>
    </section>

    """
  }
}
