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
