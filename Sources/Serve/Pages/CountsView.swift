import Studies

/// How many runs of a study are in which state, as a bar and as words.
struct CountsView: Sendable {
  let counts: RunCounts
  /// The running runs taken together, in runs.
  var partial = 0.0

  var bar: HTML {
    let total = Double(max(1, counts.total))
    func part(_ runs: Double, _ style: String) -> HTML {
      let width = (runs / total * 10_000).rounded() / 100
      return runs > 0 ? "<i class=\"\(style)\" style=\"width:\("\(width)")%\"></i>" : ""
    }
    let parts = [part(Double(counts.done), "done"), part(partial, "running"), part(Double(counts.failed), "failed")]
    return "<div class=\"bar\" role=\"img\" aria-label=\"\(words)\">\(parts)</div>\n"
  }

  /// "12 of 50 runs done, 2 running, 1 failed".
  var words: String {
    var parts = ["\(counts.done) of \(counts.total) \(counts.total == 1 ? "run" : "runs") done"]
    if counts.running > 0 { parts.append("\(counts.running) running") }
    if counts.failed > 0 { parts.append("\(counts.failed) failed") }
    return parts.joined(separator: ", ")
  }
}
