import Configuration

extension StudyPlan {
  /// Changes the plan as a command line writes it.
  ///
  /// `epochs=5` sets a key for all arms, `optimizer.rate=0.1,0.5` makes a grid's axis of it (a list in brackets is
  /// one value), `seeds=0..9`, `arms=relu,swish`, `metric=val_loss`, `baseline=relu`, `targets=0.95,0.97`,
  /// `name=…` and `title=…` replace the plan's own.
  /// - Throws: `ConfigurationError` if the text isn't a setting or can't be read, or names an arm that isn't there.
  public mutating func override(assignment: String) throws(ConfigurationError) {
    let origin = "command line"
    guard let equals = assignment.firstIndex(of: "=") else {
      throw .invalid(message: "'\(assignment)' is no setting: write key=value", origin: origin)
    }
    let key = assignment[..<equals].filter { !$0.isWhitespace }
    let text = String(assignment[assignment.index(after: equals)...])
    switch key {
    case "seeds": seeds = try SeedList(parsing: text, first: seeds.first ?? 0, origin: origin).seeds
    case "arms": try select(arms: text.split(separator: ",").map { String($0).trimmed })
    case "baseline": baseline = text.trimmed
    case "name": name = text.trimmed
    case "title": title = text
    case "metric":
      compare(by: try PrimaryMetric(Choice(parsing: text, origin: origin)))
    case "targets":
      var options = Options(["targets": .list(try OptionValue.list(parsing: text, origin: origin))], origin: origin)
      targets = try options.numbers("targets", default: [])
    default: set(GridAxis(key, try OptionValue.list(parsing: text, origin: origin), origin: origin))
    }
  }

  /// Keeps the arms of the given names, in the plan's order.
  /// - Throws: `ConfigurationError` for a name that isn't there, with the nearest one.
  public mutating func select(arms names: [String]) throws(ConfigurationError) {
    let known = arms.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw .unknownName(kind: "arm", name: unknown, known: known, origin: name)
    }
    arms.removeAll { !names.contains($0.name) }
    if let baseline, !names.contains(baseline) { self.baseline = nil }
  }

  /// Replaces the axis of the same setting, or adds one.
  mutating func set(_ axis: GridAxis) {
    // What is below a replaced method belonged to the old one.
    grid.removeAll { $0.path == axis.path || $0.path.hasPrefix(axis.path + ".") }
    grid.append(axis)
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
