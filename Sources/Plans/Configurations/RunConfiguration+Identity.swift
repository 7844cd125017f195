import Configuration
import PJRT
import Reservoirs

extension RunConfiguration {
  /// The format of ``canonicalText``. Another one makes other ids, so that old results aren't taken for new ones.
  static let canonicalFormat = 1

  /// The configuration as YAML in the one way that equal configurations share: every key there is in a fixed
  /// order, methods by their registered names with their options sorted, numbers in their shortest spelling.
  ///
  /// An option that is left out stays left out, since a method's defaults may depend on its other options. Settings that
  /// have been renamed since the format was made keep their first name here, so that ids stay what they were.
  public var canonicalText: String {
    "# tanren run, format \(Self.canonicalFormat)\n" + canonical.yaml(.first)
  }

  /// SHA-256 of ``canonicalText``, 64 hexadecimal digits.
  public var id: String { SHA256.hex(of: canonicalText.utf8) }

  /// Names runs whose epochs cost the same: all but seed and number of epochs is equal.
  public var workload: String {
    var work = self
    (work.seed, work.epochs) = (0, 0)
    return work.id
  }

  /// Names runs that one program may train: they differ by their seeds, and by numbers of their methods; experiments by
  /// numbers of their reservoirs that change no shape.
  public var family: String {
    var alike = self
    // Trainers of one program share a model.
    if (try? architecture())?.isDrawnBySeed != true { alike.seed = 0 }
    alike.loss = loss.withoutNumbers
    alike.optimizer = optimizer.withoutNumbers
    alike.gradientRule = gradientRule.withoutNumbers
    alike.averaging = averaging.withoutNumbers
    alike.penalties = penalties.map(\.withoutNumbers)
    if let experiment, let type = Registry<any Experiment>.all.type(named: experiment.name) as? any Experiment.Type {
      alike.experiment = experiment.withoutNumbers(of: type.batchedSettings)
    }
    return alike.id
  }

  /// A run from ``canonicalText``.
  /// - Throws: `ConfigurationError` if it names what this version doesn't know.
  public init(canonicalText: String, source: String) throws(ConfigurationError) {
    // What a store says under earlier names is no reason for a note.
    let options = try YAMLReader.options(text: canonicalText, source: source)
    try self.init(from: options.renamed(.present))
  }

  /// The configuration with its methods and their settings by their present names, in the one spelling that the
  /// methods read them in.
  var canonical: RunConfiguration {
    var named = renamed(.present)
    named.data = Registry<any DataSource>.all.canonical(named.data)
    named.model = Registry<any Architecture>.models.canonical(named.model)
    named.loss = Registry<any Loss>.all.canonical(named.loss)
    named.optimizer = Registry<any Optimizer>.all.canonical(named.optimizer)
    named.gradientRule = Registry<any GradientRule>.all.canonical(named.gradientRule)
    named.averaging = Registry<any Averaging>.all.canonical(named.averaging)
    named.experiment = named.experiment.map(Registry<any Experiment>.all.canonical)
    named.penalties = named.penalties.map(Registry<any Penalty>.all.canonical)
    named.preprocessing = named.preprocessing.map(Registry<any NamedPreprocessing>.all.canonical)
    named.augmentation = named.augmentation.map(Registry<any Augmentation>.all.canonical)
    named.callbacks = named.callbacks.map(Registry<any NamedCallback>.all.canonical)
    named.metrics = named.metrics.map(Registry<any Metric>.all.canonical)
    return named
  }
}

extension RunConfiguration {
  /// The configuration with other names for its methods' settings.
  fileprivate func renamed(_ naming: RenamedSettings.Naming) -> RunConfiguration {
    var renamed = self
    for slot in [\RunConfiguration.data, \.model, \.loss, \.optimizer, \.gradientRule, \.averaging] {
      renamed[keyPath: slot] = renamed[keyPath: slot].renamed(naming)
    }
    for slot in [\RunConfiguration.penalties, \.augmentation] {
      renamed[keyPath: slot] = renamed[keyPath: slot].map { $0.renamed(naming) }
    }
    renamed.preprocessing = preprocessing?.renamed(naming)
    renamed.experiment = experiment?.renamed(naming)
    return renamed
  }
}

extension Registry {
  fileprivate func canonical(_ choice: MethodSpec) -> MethodSpec {
    let named = MethodSpec(type(named: choice.name)?.name ?? choice.name, choice.options)
    // Nodes and layers within each other are written in their one way by themselves.
    let isNested = [SequentialArchitecture.name, NodeArchitecture.name].contains(named.name)
    if isNested || named.options.has("network"), let made = (try? build(named)) as? any Configurable,
      let spec = try? made.spec()
    {
      return spec
    }
    return (try? resolved(named)) ?? named
  }
}

extension MethodSpec {
  /// - Parameter keys: of numbers; `a.b` is the number `b` of the method `a`, or of each method in the list `a`.
  fileprivate func withoutNumbers(of keys: Set<String>) -> MethodSpec {
    let pairs = options.pairs.map { key, value in
      if keys.contains(key) { return (key, value.withoutNumbers) }
      let inner = keys.filter { $0.hasPrefix(key + ".") }.map { String($0.dropFirst(key.count + 1)) }
      switch value.meaning {
      case .choice(let choice) where !inner.isEmpty:
        return (key, OptionValue.choice(choice.withoutNumbers(of: Set(inner))))
      case .list(let values) where !inner.isEmpty: return (key, .list(values.map { $0.without(Set(inner)) }))
      default: return (key, value)
      }
    }
    return MethodSpec(name, Options(Dictionary(uniqueKeysWithValues: pairs)))
  }

  fileprivate var withoutNumbers: MethodSpec {
    MethodSpec(name, Options(Dictionary(uniqueKeysWithValues: options.pairs.map { ($0.key, $0.value.withoutNumbers) })))
  }
}

extension OptionValue {
  /// A method, and those within it or in a list, without some settings: where a list is written back, one at its default
  /// isn't there.
  fileprivate func without(_ keys: Set<String>) -> OptionValue {
    switch meaning {
    case .choice(let choice):
      let pairs = choice.options.pairs.filter { !keys.contains($0.key) }.map { ($0.key, $0.value.without(keys)) }
      // A method without settings is written as its name.
      return pairs.isEmpty
        ? .text(choice.name) : .choice(MethodSpec(choice.name, Options(Dictionary(uniqueKeysWithValues: pairs))))
    case .list(let values): return .list(values.map { $0.without(keys) })
    case .number, .flag, .text, .spelled: return self
    }
  }

  fileprivate var withoutNumbers: OptionValue {
    switch meaning {
    case .number: .number(0)
    case .choice(let choice): .choice(choice.withoutNumbers)
    case .list(let values): .list(values.map(\.withoutNumbers))
    case .flag, .text, .spelled: self
    }
  }
}
