import Configuration

/// Another optimizer for some parameters, by their paths: another learning rate, weight decay or method.
///
/// ```swift
/// ParameterGroups([try ParameterGroup("bias|norm", SGD(learningRate: 0.1))], others: AdamW())
/// ```
/// In a plan: `groups(groups: [group(match: "bias|norm", optimizer: sgd)], others: adamW)`. The first group that matches a
/// parameter's path counts. An expression that matches none is an error. The learning rate that is logged is that of the
/// others.
public struct ParameterGroups: Optimizer {
  public static let declaration = Declaration(
    "groups", "another optimizer for some parameters, by their paths", standard: ParameterGroups([], others: SGD()),
    formula: "u of the first group whose pattern is in the path",
    settings: [
      Setting(
        "groups", \.groups, .methods(in: { Registry(kind: "parameter group", [ParameterGroup.self]) }),
        "groups of parameters: group(match: bias, optimizer: sgd)"),
      Setting("others", \.others, .method, "the optimizer of parameters in no group, by name"),
    ], unnamed: 2)

  public var groups: [ParameterGroup]
  public var others: any Optimizer

  public init(_ groups: [ParameterGroup], others: any Optimizer) {
    self.groups = groups
    self.others = others
  }

  public var patterns: [(setting: String, pattern: String)] {
    groups.flatMap { group in
      group.filter.included.map { (setting: "groups", pattern: $0) } + group.optimizer.patterns
    } + others.patterns
  }

  public var transform: any Transform {
    Partition(groups: groups.map { ($0.filter, $0.optimizer.transform) }, others: others.transform)
  }
}

/// Parameters with an optimizer of their own.
public struct ParameterGroup: Configurable {
  public static let declaration = Declaration(
    "group", "parameters with an optimizer of their own", standard: ParameterGroup(.all, SGD()),
    settings: [
      Setting(
        "match", \.filter, .including,
        "regular expressions for the parameters, searched for anywhere in their paths; none for all"),
      Setting("optimizer", \.optimizer, .method, "their optimizer, by name"),
    ], unnamed: 2)

  /// Lets the group's parameters through.
  public var filter: PathFilter
  public var optimizer: any Optimizer

  public init(_ filter: PathFilter, _ optimizer: any Optimizer) {
    self.filter = filter
    self.optimizer = optimizer
  }

  /// - Parameter pattern: a regular expression, searched for anywhere in a parameter's path.
  /// - Throws: `ConfigurationError` for what is no regular expression.
  public init(_ pattern: String, _ optimizer: any Optimizer) throws(ConfigurationError) {
    self.init(try PathFilter(including: [pattern]), optimizer)
  }
}
