import Configuration
import Search

extension SettingSearch {
  /// What a search may say.
  static let keys = [
    "arms", "asWritten", "gradients", "judgedBy", "prune", "repeats", "rules", "sampler", "seconds", "seed", "space",
    "studies", "trials",
  ]

  /// The keys of which a search has one.
  static let budgets = ["trials", "seconds", "gradients"]

  /// Trials that a study of an arm may have.
  static let trialLimit = 10_000

  /// Rules by their name.
  init(rules name: String, origin: String) throws(ConfigurationError) {
    guard name.lowercased() == "algoperf" else {
      throw .unknownName(kind: "set of rules", name: name, known: ["algoperf"], origin: origin)
    }
    self = .algoPerf()
    self.origin = origin
  }

  /// A search as a plan has it.
  /// - Parameters:
  ///   - settings: its budget, and what it says besides its space; `rules` before all others.
  ///   - space: nil where none is written.
  /// - Throws: `ConfigurationError` for no budget or two, for no space, and as ``set(_:_:origin:)`` does.
  init(
    _ settings: [Override], space: [SearchAxis]?, arms: [ArmSpace], origin: String
  ) throws(ConfigurationError) {
    let rules = settings.first { $0.path == "rules" }
    if let rules {
      self = try SettingSearch(rules: rules.value().word ?? "", origin: rules.origin)
    } else {
      self.init(.trials(1), space: [])
    }
    self.origin = origin
    let costs = settings.filter { Self.budgets.contains($0.path) }
    if costs.count > 1 {
      throw .invalid(
        message: "'\(costs[0].path)' and '\(costs[1].path)' are both set, but a search has one budget",
        origin: costs[1].origin)
    }
    guard rules != nil || !costs.isEmpty else {
      throw .invalid(
        message: "a search needs a budget for each arm: write 'trials: 20', 'seconds: 600' or 'gradients: 100000'",
        origin: origin)
    }
    for setting in settings where setting.path != "rules" {
      try set(setting.path, setting.value(), origin: setting.origin)
    }
    if let space {
      guard !space.isEmpty || !arms.isEmpty else {
        throw .invalid(message: "the space of the search is empty: \(Self.example)", origin: origin)
      }
      self.space = space
    }
    armSpaces = arms
    guard !self.space.isEmpty || !arms.isEmpty else {
      throw .invalid(message: "the search has no space: \(Self.example)", origin: origin)
    }
    for axes in [self.space] + arms.map(\.axes) {
      var paths: Set<String> = []
      for axis in axes {
        guard paths.insert(axis.path).inserted else {
          throw .duplicateKey(key: axis.path, origin: axis.origin)
        }
        _ = try axis.makeScale()
      }
    }
  }

  private static let example = "write 'space: {optimizer.learningRate: log(1e-4, 1)}', say"

  /// Changes the search as plans and command lines write it: `trials`, `sampler`, or an axis, `space.optimizer.momentum`.
  /// - Throws: `ConfigurationError` for an unknown key, and for a value of the wrong kind or out of range.
  mutating func set(_ key: String, _ value: OptionValue, origin: String) throws(ConfigurationError) {
    if key.hasPrefix("space.") {
      let axis = SearchAxis(String(key.dropFirst("space.".count)), value, origin: origin)
      _ = try axis.makeScale()
      space = space.replaced(by: [axis])
      return
    }
    var options = Options(origin: origin)
    try options.set(key, value, origin: origin)
    switch key {
    case "trials": budget = .trials(try options.integer(key, default: 0, in: 1...Self.trialLimit))
    case "seconds": budget = .seconds(try options.number(key, default: 0, in: 0.001...1e9))
    case "gradients": budget = .gradients(try options.number(key, default: 0, in: 1...1e15))
    case "sampler":
      sampler = try options.choice(key, default: sampler)
      _ = try Registry<any Sampler>.all.build(sampler)
    case "prune":
      pruner = try options.choice(key, default: pruner)
      _ = try Registry<any Pruner>.all.build(pruner)
    case "judgedBy": judge = try HeldOutJudge(options.choice(key, default: judge.choice), origin: origin)
    case "repeats": repeats = try options.integer(key, default: 1, in: 1...1000)
    case "studies": studies = try options.integer(key, default: 1, in: 1...1000)
    case "asWritten": triesWritten = try options.flag(key, default: true)
    case "seed": seed = try options.integer(key, default: 0, in: 0...Int(UInt32.max))
    default: throw .unknownKey(key: key, owner: "a search", known: Self.keys, origin: origin)
    }
  }

  /// All but the space, as ``set(_:_:origin:)`` takes it.
  var parts: [Override] {
    let cost: Override =
      switch budget {
      case .trials(let count): Override("trials", .number(Double(count)))
      case .seconds(let seconds): Override("seconds", .number(seconds))
      case .gradients(let count): Override("gradients", .number(count))
      }
    return [
      cost, Override("sampler", .choice(sampler)), Override("judgedBy", .choice(judge.choice)),
      Override("repeats", .number(Double(repeats))), Override("prune", .choice(pruner)),
      Override("studies", .number(Double(studies))), Override("asWritten", .flag(triesWritten)),
      Override("seed", .number(Double(seed))),
    ]
  }

  /// The search as lines of YAML, without their indentation.
  func yaml() throws(ConfigurationError) -> [String] {
    var lines: [String] = []
    for part in parts { lines.append("\(part.path): \(try part.value().yaml)") }
    if !space.isEmpty { lines.append("space:") }
    lines += space.map { "  \($0.path.yaml): \($0.scale.yaml)" }
    if !armSpaces.isEmpty { lines.append("arms:") }
    for arm in armSpaces {
      lines.append("  \(arm.arm.yaml):")
      lines += arm.axes.map { "    \($0.path.yaml): \($0.scale.yaml)" }
    }
    return lines
  }

  /// What an arm may vary, before it is known which of it the arm has.
  /// - Parameter arm: its name as written.
  func axes(of arm: String) -> [SearchAxis] {
    space.replaced(by: armSpaces.filter { $0.arm == arm }.flatMap(\.axes))
  }
}

extension [SearchAxis] {
  /// With others in place of those of the same paths, or at the end.
  fileprivate func replaced(by others: [SearchAxis]) -> [SearchAxis] {
    var axes = self
    for axis in others {
      if let index = axes.firstIndex(where: { $0.path == axis.path }) {
        axes[index] = axis
      } else {
        axes.append(axis)
      }
    }
    return axes
  }
}

extension HeldOutJudge {
  /// Reads `heldOut(fraction: 0.2, target: 0.95)`.
  init(_ choice: MethodSpec, origin: String) throws(ConfigurationError) {
    switch choice.name.lowercased().filter(\.isLetter) {
    case "heldout": break
    case "test", "testset", "val", "validation":
      throw .invalid(
        message:
          "a search isn't judged by the test set: it would pick the settings that suit these examples by chance, "
          + "and the verdict on the same examples would be worth nothing. Write 'judgedBy: heldOut(fraction: 0.2)'",
        origin: origin)
    default: throw .unknownName(kind: "judge", name: choice.name, known: ["heldOut"], origin: origin)
    }
    var options = choice.options
    self.init(fraction: try options.number("fraction", default: 0.2, in: 0.001...0.999))
    if try options.peek("target") == .text("first") {
      _ = options.take("target")
      target = .first
    } else if options.has("target") {
      target = .value(try options.number("target", default: 0))
    }
    try options.finish("heldOut")
  }

  /// What ``init(_:origin:)`` reads.
  var choice: MethodSpec {
    var values: [String: OptionValue] = ["fraction": .number(fraction)]
    switch target {
    case .first: values["target"] = .text("first")
    case .value(let value): values["target"] = .number(value)
    case nil: break
    }
    return MethodSpec("heldOut", Options(values))
  }
}
