import Configuration
import Studies

/// Readers of settings, plans and notations.
enum SettingReaders {
  static func yaml(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    let configuration = try RunConfiguration(from: YAMLReader.options(text: text, source: "input"))
    let written = configuration.yaml()
    do {
      let again = try RunConfiguration(from: YAMLReader.options(text: written, source: "written"))
      guard again.yaml() == written else { throw Fault("written, the configuration is another: \(written)") }
    } catch let error as ConfigurationError {
      throw Fault("what was written can't be read: \(error)\n\(written)")
    }
  }

  static func plan(_ bytes: [UInt8]) throws {
    let plan = try StudyPlan(yaml: String(decoding: bytes, as: UTF8.self), source: "input")
    let written = try plan.yaml()
    do {
      guard try StudyPlan(yaml: written, source: "written").yaml() == written else {
        throw Fault("written, the plan is another: \(written)")
      }
    } catch let error as ConfigurationError {
      throw Fault("what was written can't be read: \(error)\n\(written)")
    }
    // Each run's configuration is built; a few say all.
    var sizes = [plan.seeds.count, max(1, plan.arms.count)] + plan.grid.map(\.values.count)
    sizes.sort()
    var count = 1
    for size in sizes {
      guard count <= 32, size <= 32 else { return }
      count *= max(1, size)
    }
    if count <= 32 { _ = try plan.runs() }
  }

  /// The first byte decides what it is.
  static func notation(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    switch (bytes.first ?? 0) % 6 {
    case 0:
      // Their text is for people; it needn't be read back.
      _ = try OptionValue(parsing: text).description
    case 1: _ = try MethodSpec(parsing: text).description
    case 2: _ = try SeedList(parsing: text)
    case 3:
      var options = Options()
      try options.override(assignment: text)
      _ = try RunConfiguration(from: options)
    case 4:
      var plan = try StudyPlan(yaml: "arms: {sgd: {optimizer: sgd}, adam: {optimizer: adam}}", source: "plan")
      try plan.override(assignment: text)
      _ = try plan.yaml()
    default: _ = try RunConfiguration(canonicalText: text, source: "input")
    }
  }
}
