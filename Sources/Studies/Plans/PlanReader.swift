import Configuration
import Foundation
import Yams

/// Reads a plan from YAML.
struct PlanReader {
  private var reader: YAMLReader
  private let mapping: Node.Mapping
  private let source: String

  init(text: String, source: String) throws(ConfigurationError) {
    (reader, mapping) = try YAMLReader.mapping(text: text, source: source)
    self.source = source
  }

  /// - Parameter name: what the study is called if the text doesn't say.
  mutating func plan(name: String) throws(ConfigurationError) -> StudyPlan {
    var options = Options(origin: source)
    var plan = StudyPlan(name: name)
    for (key, value) in mapping {
      let place = reader.place(of: key)
      switch try word(key) {
      case "base": plan.base = try settings(value, of: "base")
      case "arms": plan.arms = try arms(value)
      case "grid": plan.grid = try grid(value)
      // What these say isn't a value but a name.
      case let word where ["name", "title", "baseline"].contains(word):
        try options.set(word, text(value, of: word), origin: place)
      case let word: try options.set(word, reader.value(value, of: word), origin: place)
      }
    }
    for section in ["base", "arms", "grid"] { _ = options.take(section) }
    plan.name = try options.text("name", default: name)
    plan.title = try options.text("title", default: plan.name)
    if let metric = try options.optionalChoice("metric") { plan.metric = try PrimaryMetric(metric) }
    if options.pairs.contains(where: { $0.key == "targets" }) {
      plan.targets = try options.numbers("targets", default: [])
    }
    let baseline = try options.text("baseline", default: "")
    plan.baseline = baseline.isEmpty ? nil : baseline
    let place = options.origin(of: "seeds")
    guard let seeds = options.take("seeds") else {
      throw .invalid(
        message: "there are no seeds: write 'seeds: 5', 'seeds: 0..9' or 'seeds: [10, 11]'", origin: source)
    }
    plan.seeds = try SeedList(seeds, origin: place).seeds
    try options.finish("a plan")
    return plan
  }

  /// A name exactly as it is written, whatever else it might mean.
  private mutating func text(_ node: Node, of key: String) throws(ConfigurationError) -> OptionValue {
    let value = try reader.value(node, of: key)
    if case .scalar(let scalar) = node { return .text(scalar.string) }
    return value
  }

  private func word(_ key: Node) throws(ConfigurationError) -> String {
    guard case .scalar(let scalar) = key else {
      throw .invalid(message: "the name of a setting must be a word", origin: reader.place(of: key))
    }
    return scalar.string
  }

  private mutating func options(_ node: Node, of section: String) throws(ConfigurationError) -> Options {
    switch node {
    case .mapping(let mapping): return try reader.options(mapping, origin: reader.place(of: node))
    // `relu:` with nothing after it sets nothing.
    case .scalar(let scalar) where String.nulls.contains(scalar.string):
      return Options(origin: reader.place(of: node))
    default:
      throw .invalid(
        message: "'\(section)' takes settings, written 'name: value', one a line", origin: reader.place(of: node))
    }
  }

  private mutating func settings(_ node: Node, of section: String) throws(ConfigurationError) -> [Setting] {
    let options = try options(node, of: section)
    return options.pairs.map { Setting($0.key, $0.value, origin: options.origin(of: $0.key)) }
  }

  private mutating func grid(_ node: Node) throws(ConfigurationError) -> [GridAxis] {
    guard case .mapping(let mapping) = node else {
      throw .invalid(
        message: "'grid' takes settings with their values, written 'name: [value, value]'",
        origin: reader.place(of: node))
    }
    var axes: [GridAxis] = []
    for (key, value) in try reader.merged(mapping) {
      let path = try word(key)
      axes.append(GridAxis(path, try reader.value(value, of: path).elements, origin: reader.place(of: key)))
    }
    return axes
  }

  /// Arms by name, or a list of settings with a name among them.
  private mutating func arms(_ node: Node) throws(ConfigurationError) -> [Arm] {
    var arms: [Arm] = []
    switch node {
    case .mapping(let mapping):
      for (key, value) in try reader.merged(mapping) { arms.append(try arm(value, named: word(key))) }
    case .sequence(let sequence):
      for element in sequence { arms.append(try arm(element, named: nil)) }
    default:
      throw .invalid(message: "'arms' takes names, each with its settings below it", origin: reader.place(of: node))
    }
    var names: Set<String> = []
    for (index, arm) in arms.enumerated() where !names.insert(arm.name).inserted {
      let place = if case .sequence(let sequence) = node { reader.place(of: sequence[index]) } else { source }
      throw .invalid(message: "there are two arms '\(arm.name)'", origin: place)
    }
    return arms
  }

  private mutating func arm(_ node: Node, named given: String?) throws(ConfigurationError) -> Arm {
    var node = node
    var printed: Printed?
    var name = given
    if case .mapping(let written) = node {
      var mapping = try reader.merged(written)
      if let numbers = mapping["printed"] {
        printed = try Printed(options(numbers, of: "printed"))
        mapping["printed"] = nil
      }
      if given == nil, let word = mapping["name"]?.string {
        name = word
        mapping["name"] = nil
      }
      node = .mapping(mapping)
    }
    guard let name else {
      throw .invalid(message: "an arm needs a name: write '- name: …'", origin: reader.place(of: node))
    }
    return Arm(name, settings: try settings(node, of: name), printed: printed)
  }
}

extension StudyPlan {
  /// A plan from a file; it is called by the file's name unless it says another one.
  /// - Throws: `ConfigurationError` with file and line if the file can't be read, or a key is unknown, twice there or
  ///   of the wrong kind. What the parts make together is checked by ``runs()``.
  public init(file path: String) throws(ConfigurationError) {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    try self.init(yaml: YAMLReader.text(file: path), source: path, name: name)
  }

  /// - Parameters:
  ///   - source: what errors call the text.
  ///   - name: what the study is called if the text doesn't say.
  /// - Throws: as ``init(file:)`` does.
  public init(yaml text: String, source: String, name: String = "study") throws(ConfigurationError) {
    var reader = try PlanReader(text: text, source: source)
    self = try reader.plan(name: name)
  }
}
