import Tanren

/// A kind of methods: a catalog, and where its names go in a run's configuration.
struct MethodKind {
  /// As it is asked for: `optimizers`.
  let name: String
  /// One of them: `optimizer`.
  let title: String
  /// The key it is set with, where there is one.
  let key: String?
  let types: [any Catalogued.Type]

  init(_ name: String, _ title: String, key: String? = nil, _ types: [any Catalogued.Type]) {
    (self.name, self.title, self.key, self.types) = (name, title, key, types)
  }

  static var all: [MethodKind] {
    [
      MethodKind("recipes", "recipe", Catalog<any Recipe>.all.types),
      MethodKind("data", "data set", key: "data", Catalog<any DataSource>.all.types),
      MethodKind("models", "model", key: "model", Catalog<any Architecture>.all.types),
      MethodKind("activations", "activation", Catalog<any Activation>.all.types),
      MethodKind("initializers", "initializer", Catalog<any Initializer>.all.types),
      MethodKind("losses", "loss", key: "loss", Catalog<any Loss>.all.types),
      MethodKind("penalties", "penalty", key: "penalties", Catalog<any Penalty>.all.types),
      MethodKind("preprocessings", "preprocessing", key: "preprocessing", Catalog<any NamedPreprocessing>.all.types),
      MethodKind("augmentations", "augmentation", key: "augmentation", Catalog<any Augmentation>.all.types),
      MethodKind("metrics", "metric", key: "metrics", Catalog<any Metric>.all.types),
      MethodKind("rules", "gradient rule", key: "rule", Catalog<any GradientRule>.all.types),
      MethodKind("optimizers", "optimizer", key: "optimizer", Catalog<any Optimizer>.all.types),
      MethodKind("transforms", "transform", Catalog<any NamedTransform>.all.types),
      MethodKind("schedules", "schedule", Catalog<any NamedSchedule>.all.types),
      MethodKind("averaging", "averaging", key: "averaging", Catalog<any Averaging>.all.types),
    ]
  }

  /// The kind's methods, each with its settings and their defaults.
  func text(width: Int) -> String {
    let indent = min(20, (types.map { $0.name.count }.max() ?? 0) + 2)
    var text = name.uppercased() + (key.map { ", set with '\($0)'" } ?? "") + "\n"
    for type in types {
      text += Paragraph.text(type.summary, label: type.name, indent: indent, width: width)
      let settings = type.parameters.map { "\($0.name): \($0.defaultValue)" }.joined(separator: ", ")
      if !settings.isEmpty { text += Paragraph.text("(\(settings))", indent: indent, width: width) }
    }
    return text
  }
}
