import Synchronization

/// Settings that had another name in earlier versions. What was written with the old names is still read, and run ids
/// are still made of them.
package enum RenamedSettings {
  /// A setting's old and present name, and the methods it belongs to.
  package struct Entry: Sendable {
    package let old: String
    package let new: String
    package let methods: Set<String>
  }

  private static let optimizers: Set = [
    "adaBelief", "adadelta", "adafactor", "adagrad", "adam", "adamW", "adamax", "lamb", "lars", "lion", "momentum",
    "muon", "nadam", "nesterov", "radam", "rmsprop", "sgd",
  ]

  package static let table = [
    Entry(old: "coupledDecay", new: "l2", methods: optimizers),
    Entry(old: "decay", new: "weightDecay", methods: optimizers),
    Entry(old: "excludeFromAdaptation", new: "excludeFromLayerAdaptation", methods: ["lamb", "lars"]),
    Entry(old: "excludeFromDecay", new: "excludeFromWeightDecay", methods: optimizers),
    Entry(old: "keeping", new: "decay", methods: ["ema"]),
    Entry(old: "keeping", new: "rho", methods: ["adadelta", "rmsprop"]),
    Entry(old: "otherRate", new: "otherLearningRate", methods: ["muon"]),
    Entry(old: "rate", new: "learningRate", methods: optimizers),
    Entry(old: "rate", new: "weightDecay", methods: ["decay"]),
  ]

  /// The present name of a method's setting; nil for a name that is none of the old ones.
  package static func name(of old: String, in method: String) -> String? {
    entries(of: method).first { $0.old == old }?.new
  }

  /// The name that a method's setting had; nil for one that never had another.
  package static func oldName(of new: String, in method: String) -> String? {
    entries(of: method).first { $0.new == new }?.old
  }

  /// The present name of the setting whose earlier name a person most likely meant.
  static func nearest(to typed: String, in method: String) -> String? {
    typed.nearest(in: entries(of: method).map(\.old)).flatMap { name(of: $0, in: method) }
  }

  /// The entries of a method, however the words of its name are joined.
  private static func entries(of method: String) -> [Entry] {
    entriesByMethod[method] ?? entriesByPlainName[method.joinedWords] ?? []
  }

  private static let entriesByMethod = {
    var entries: [String: [Entry]] = [:]
    for entry in table {
      for method in entry.methods { entries[method, default: []].append(entry) }
    }
    return entries
  }()

  private static let entriesByPlainName = Dictionary(
    uniqueKeysWithValues: entriesByMethod.map { ($0.key.joinedWords, $0.value) })

  private static let notes = Mutex<[String]>([])

  static func note(_ old: String, _ new: String, origin: String) {
    let note = (origin.isEmpty ? "" : "\(origin): ") + "'\(old)' is deprecated: write '\(new)'"
    notes.withLock { if !$0.contains(note) { $0.append(note) } }
  }

  /// What has been read under old names since the last call, for a command to report.
  package static func takeNotes() -> [String] {
    notes.withLock { notes in
      defer { notes = [] }
      return notes
    }
  }
}

extension MethodSpec {
  /// The method with its settings, and those of methods within, under other names.
  /// - Parameter name: the name for a setting of a method; nil leaves it.
  package func renamed(_ name: (_ setting: String, _ method: String) -> String?) -> MethodSpec {
    MethodSpec(self.name, options.renamed(of: self.name, name))
  }
}

extension Options {
  /// The settings under other names, where ``MethodSpec/renamed(_:)`` says so.
  /// - Parameter method: whose settings they are; empty for a run's.
  package func renamed(of method: String = "", _ name: (_ setting: String, _ method: String) -> String?) -> Options {
    var renamed = Options(origin: origin)
    for (key, value) in pairs {
      let present = name(key, method) ?? key
      // A setting that is there under both names stays under both, for the error that says so.
      try? renamed.set(has(present) ? key : present, value.renamed(name), origin: origin(of: key))
    }
    return renamed
  }
}

extension OptionValue {
  fileprivate func renamed(_ name: (_ setting: String, _ method: String) -> String?) -> OptionValue {
    switch self {
    case .choice(let choice): .choice(choice.renamed(name))
    case .list(let values): .list(values.map { $0.renamed(name) })
    case .number, .flag, .text, .spelled: self
    }
  }
}
