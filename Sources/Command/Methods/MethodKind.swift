import Tanren

/// A method for help texts.
struct MethodEntry {
  let name: String
  let summary: String
  let parameters: [Parameter]
}

/// A kind of methods: a catalog, and where its names go in a run's configuration.
struct MethodKind {
  /// As it is asked for: `optimizers`.
  let name: String
  /// One of them: `optimizer`.
  let title: String
  /// The key it is set with, where there is one.
  let key: String?
  let methods: [MethodEntry]

  init(_ name: String, _ title: String, key: String? = nil, _ types: [any Catalogued.Type]) {
    (self.name, self.title, self.key) = (name, title, key)
    methods = types.map { MethodEntry(name: $0.name, summary: $0.summary, parameters: $0.parameters) }
  }

  private init(recipes: [Recipe]) {
    (name, title, key) = ("recipes", "recipe", nil)
    methods = recipes.map { MethodEntry(name: $0.name, summary: $0.summary, parameters: []) }
  }

  static var all: [MethodKind] {
    [
      MethodKind(recipes: (try? Recipe.all) ?? []),
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
    let indent = min(20, (methods.map { $0.name.count }.max() ?? 0) + 2)
    var text = name.uppercased() + (key.map { ", set with '\($0)'" } ?? "") + "\n"
    for method in methods {
      text += Paragraph.text(method.summary, label: method.name, indent: indent, width: width)
      let settings = method.parameters.map { "\($0.name): \($0.defaultValue)" }.joined(separator: ", ")
      if !settings.isEmpty { text += Paragraph.text("(\(settings))", indent: indent, width: width) }
    }
    return text
  }
}
