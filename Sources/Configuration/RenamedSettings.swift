import Synchronization

/// Settings that had another name in earlier versions. What was written with the old names is still read, and run ids
/// are still made of them.
package enum RenamedSettings {
  /// A setting's old and present name, and the methods it belongs to.
  package struct Entry: Sendable {
    package let old: String
    package let new: String
    package let methods: Set<String>
    /// The present words for values that had another one.
    fileprivate var words: [String: String] = [:]
  }

  /// Which of its names a setting is given.
  package enum Naming: Sendable {
    /// The one it has now.
    case present
    /// The one it had first, which run ids are made of.
    case first
  }

  /// The name of the methods' table that a run's own settings are under.
  package static let run = ""

  private static let optimizers: Set = [
    "adaBelief", "adadelta", "adafactor", "adagrad", "adam", "adamW", "adamax", "lamb", "lars", "lion", "momentum",
    "muon", "nadam", "nesterov", "radam", "rmsprop", "sgd",
  ]

  private static let reservoirs: Set = [
    "reservoirClassification", "reservoirGeneration", "reservoirHorizon", "reservoirPrediction",
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
    Entry(old: "fixup", new: "correctsLastOutput", methods: reservoirs),
    Entry(old: "taken", new: "activationScale", methods: reservoirs),
    Entry(old: "batch", new: "batchSize", methods: [run]),
    Entry(old: "draws", new: "rng", methods: [run]),
    Entry(
      old: "remainder", new: "partialBatch", methods: [run], words: ["dropped": "drop", "masked": "pad"]),
    Entry(old: "rule", new: "gradientRule", methods: [run]),
    Entry(old: "untrained", new: "evaluateBeforeTraining", methods: [run]),
  ]

  /// The present name of a method's setting; nil for a name that is none of the old ones.
  package static func name(of old: String, in method: String) -> String? {
    entries(of: method).first { $0.old == old }?.new
  }

  /// The name that a method's setting had; nil for one that never had another.
  package static func oldName(of new: String, in method: String) -> String? {
    entries(of: method).first { $0.new == new }?.old
  }

  /// What a method's setting is called.
  package static func named(_ setting: String, in method: String, _ naming: Naming) -> String {
    switch naming {
    case .present: name(of: setting, in: method) ?? setting
    case .first: oldName(of: setting, in: method) ?? setting
    }
  }

  /// What a method's setting says, in the words of a naming.
  fileprivate static func word(_ word: String, for setting: String, in method: String, _ naming: Naming) -> String {
    guard let words = entries(of: method).first(where: { $0.old == setting || $0.new == setting })?.words else {
      return word
    }
    switch naming {
    case .present: return words[word] ?? word
    case .first: return words.first { $0.value == word }?.key ?? word
    }
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
  package func renamed(_ naming: RenamedSettings.Naming) -> MethodSpec {
    MethodSpec(name, options.renamed(of: name, naming))
  }
}

extension Options {
  /// The settings under other names, where ``MethodSpec/renamed(_:)`` says so.
  /// - Parameter method: whose settings they are.
  package func renamed(of method: String = RenamedSettings.run, _ naming: RenamedSettings.Naming) -> Options {
    var renamed = Options(origin: origin)
    for (key, value) in pairs {
      let name = RenamedSettings.named(key, in: method, naming)
      // A setting that is there under both names stays under both, for the error that says so.
      try? renamed.set(
        has(name) ? key : name, value.renamed(naming, for: key, in: method), origin: origin(of: key))
    }
    return renamed
  }

  /// Whether a setting was given, under its name or another that it has or had.
  package func hasUnderAnyName(_ key: String, of method: String = RenamedSettings.run) -> Bool {
    has(key) || has(RenamedSettings.named(key, in: method, .present))
      || has(RenamedSettings.named(key, in: method, .first))
  }

  /// Gives the settings of a method that were written under an earlier name the name that they have now, and reports
  /// that.
  /// - Throws: if a setting was given under both names.
  package mutating func renameDeprecated(of method: String = RenamedSettings.run) throws(ConfigurationError) {
    for (key, value) in pairs {
      let (name, place) = (RenamedSettings.named(key, in: method, .present), origin(of: key))
      let present = value.renamed(.present, for: key, in: method)
      if name != key {
        RenamedSettings.note(key, name, origin: place)
        remove(key)
        try set(name, value, origin: place)
      }
      // Methods within report their own settings.
      guard case .text(let word) = value, case .text(let new) = present, word != new else { continue }
      RenamedSettings.note(word, new, origin: place)
      remove(name)
      try set(name, present, origin: place)
    }
  }
}

extension OptionValue {
  /// The value of a method's setting, with methods within by the names of their settings.
  package func renamed(
    _ naming: RenamedSettings.Naming, for setting: String, in method: String = RenamedSettings.run
  ) -> OptionValue {
    switch self {
    case .choice(let choice): .choice(choice.renamed(naming))
    case .list(let values): .list(values.map { $0.renamed(naming, for: setting, in: method) })
    case .text(let word): .text(RenamedSettings.word(word, for: setting, in: method, naming))
    case .number, .flag, .spelled: self
    }
  }
}
