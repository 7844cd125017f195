import Configuration
import Yams

/// Reads a plan, and what a recipe has besides, from YAML.
struct PlanReader {
  private var reader: YAMLReader
  private let mapping: Node.Mapping
  private let source: String

  init(text: String, source: String) throws(ConfigurationError) {
    (reader, mapping) = try YAMLReader.mapping(text: text, source: source)
    self.source = source
  }

  /// - Parameter name: what the study is called if the text doesn't say.
  mutating func recipe(name: String) throws(ConfigurationError) -> Recipe {
    var options = Options(origin: source)
    var recipe = Recipe(StudyPlan(name: name))
    var budgets: Node?
    for (key, value) in mapping {
      let place = reader.place(of: key)
      switch try word(key) {
      case "base": recipe.plan.base = try settings(value, of: "base")
      case "arms": recipe.plan.arms = try arms(value)
      case "grid": recipe.plan.grid = try grid(value)
      case "workloads": recipe.plan.workloads = try workloads(value)
      case "search": recipe.plan.search = try search(value)
      case "budgets": budgets = value
      case "sources": recipe.sources = try sources(value)
      // What these say isn't a value but a name.
      case "seeds" where isUntilDecided(value): try options.set("seeds", text(value, of: "seeds"), origin: place)
      case let word where ["name", "title", "summary", "baseline", "formerly"].contains(word):
        try options.set(word, text(value, of: word), origin: place)
      case let word: try options.set(word, reader.value(value, of: word), origin: place)
      }
    }
    for section in ["base", "arms", "grid", "workloads", "search", "budgets", "sources"] { _ = options.take(section) }
    for key in StudyPlan.replacedByWorkloads.keys.sorted() where options.has(key) {
      try recipe.plan.checkWorkloadsAllow(key, origin: options.origin(of: key))
    }
    try Self.takePlan(from: &options, named: name, into: &recipe.plan)
    recipe.summary = try options.text("summary", default: "")
    recipe.formerly = try Self.optionalText("formerly", of: &options)
    recipe.main = try Self.names("main", of: &options)
    if let progress = try options.optionalMethod("progress") { recipe.progress = try EpochListing(progress) }
    let place = options.origin(of: "seeds")
    guard let seeds = options.take("seeds") else {
      throw .invalid(
        message: "there are no seeds: write 'seeds: 5', 'seeds: 0..9' or 'seeds: [10, 11]'", origin: source)
    }
    recipe.plan.train(try SeedList(seeds, origin: place))
    try options.finish("a plan")
    if let budgets { recipe.budgets = try self.budgets(budgets, first: recipe.plan.seeds.first ?? 0) }
    return recipe
  }

  private static func takePlan(
    from options: inout Options, named name: String, into plan: inout StudyPlan
  ) throws(ConfigurationError) {
    plan.name = try options.text("name", default: name)
    plan.title = try options.text("title", default: plan.name)
    if let metric = try options.optionalMethod("metric") { plan.metric = try PrimaryMetric(metric) }
    if options.pairs.contains(where: { $0.key == "targets" }) {
      plan.targets = try options.numbers("targets", default: [])
    }
    plan.margin = try StudyPlan.margin(from: &options)
    plan.baseline = try optionalText("baseline", of: &options)
  }

  /// nil where the key isn't there or says nothing.
  private static func optionalText(_ key: String, of options: inout Options) throws(ConfigurationError) -> String? {
    let text = try options.text(key, default: "")
    return text.isEmpty ? nil : text
  }

  /// A list of words, whatever else they might mean.
  private static func names(_ key: String, of options: inout Options) throws(ConfigurationError) -> [String] {
    let origin = options.origin(of: key)
    guard let value = options.take(key) else { return [] }
    let names = value.elements.compactMap(\.word)
    guard names.count == value.elements.count else {
      throw .wrongType(key: key, expected: "a list of names", found: "\(value)", origin: origin)
    }
    return names
  }

  /// A name exactly as it is written, whatever else it might mean.
  private mutating func text(_ node: Node, of key: String) throws(ConfigurationError) -> OptionValue {
    let value = try reader.value(node, of: key)
    if case .scalar(let scalar) = node { return .text(scalar.string) }
    return value
  }

  private func isUntilDecided(_ node: Node) -> Bool {
    if case .scalar(let scalar) = node { return SeedList.isUntilDecided(scalar.string) }
    return false
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

  private mutating func settings(_ node: Node, of section: String) throws(ConfigurationError) -> [Override] {
    let options = try options(node, of: section)
    return options.pairs.map { Override($0.key, $0.value, origin: options.origin(of: $0.key)) }
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

  /// Workloads by name, each with its settings, its metric and its target.
  private mutating func workloads(_ node: Node) throws(ConfigurationError) -> [Workload] {
    var workloads: [Workload] = []
    for (key, settings) in try namedSettings(node, of: "workloads") {
      workloads.append(try Workload(word(key), written: settings, origin: reader.place(of: key)))
    }
    return workloads
  }

  private mutating func namedSettings(
    _ node: Node, of section: String
  ) throws(ConfigurationError) -> [(key: Node, settings: [Override])] {
    guard case .mapping(let mapping) = node else {
      throw .invalid(
        message: "'\(section)' takes names, each with its settings below it", origin: reader.place(of: node))
    }
    var named: [(key: Node, settings: [Override])] = []
    for (key, value) in try reader.merged(mapping) { named.append((key, try settings(value, of: word(key)))) }
    return named
  }

  /// A search by its parts, or by the name of its rules.
  private mutating func search(_ node: Node) throws(ConfigurationError) -> SettingSearch {
    let place = reader.place(of: node)
    if case .scalar(let scalar) = node { return try SettingSearch(rules: scalar.string, origin: place) }
    guard case .mapping(let mapping) = node else {
      throw .invalid(message: "'search' takes 'trials', 'space' and more, one a line", origin: place)
    }
    var settings: [Override] = []
    var (space, arms): ([SearchAxis]?, [ArmSpace]) = (nil, [])
    for (key, value) in try reader.merged(mapping) {
      let place = reader.place(of: key)
      switch try word(key) {
      case "space": space = try axes(value, of: "space")
      case "arms":
        guard case .mapping(let spaces) = value else {
          throw .invalid(message: "'arms' of a search takes names, each with its own space below it", origin: place)
        }
        for (name, space) in try reader.merged(spaces) {
          arms.append(ArmSpace(try word(name), try axes(space, of: word(name)), origin: reader.place(of: name)))
        }
      case let word: settings.append(Override(word, try reader.value(value, of: word), origin: place))
      }
    }
    return try SettingSearch(settings, space: space, arms: arms, origin: place)
  }

  private mutating func axes(_ node: Node, of section: String) throws(ConfigurationError) -> [SearchAxis] {
    try settings(node, of: section).map { (setting) throws(ConfigurationError) in
      SearchAxis(setting.path, try setting.value(), origin: setting.origin)
    }
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
    var published: PublishedValues?
    var name = given
    if case .mapping(let written) = node {
      var mapping = try reader.merged(written)
      // Plans of stores that were made by early versions say `printed`.
      for key in ["published", "printed"] {
        guard let numbers = mapping[key] else { continue }
        published = try PublishedValues(options(numbers, of: key))
        mapping[key] = nil
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
    return Arm(name, settings: try settings(node, of: name), published: published)
  }

  private mutating func budgets(_ node: Node, first: Int) throws(ConfigurationError) -> [Budget] {
    guard case .mapping(let mapping) = node else {
      throw .invalid(
        message: "'budgets' takes names, each with what it changes below it", origin: reader.place(of: node))
    }
    var budgets: [Budget] = []
    for (key, value) in try reader.merged(mapping) {
      let name = try word(key)
      // It becomes a part of the study's name.
      guard name.wholeMatch(of: #/[A-Za-z0-9._\-]{1,30}/#) != nil, name != Recipe.published, name != "full" else {
        throw .invalid(
          message: "a budget's name is made of letters, digits, '.', '_' and '-', up to 30, and isn't "
            + "'\(Recipe.published)' or 'full', but here it is '\(name)'", origin: reader.place(of: key))
      }
      budgets.append(try budget(value, named: name, first: first))
    }
    return budgets
  }

  private mutating func budget(_ node: Node, named name: String, first: Int) throws(ConfigurationError) -> Budget {
    var budget = Budget(name)
    if case .scalar(let scalar) = node, String.nulls.contains(scalar.string) { return budget }
    guard case .mapping(let mapping) = node else {
      throw .invalid(
        message: "'\(name)' takes 'base', 'arms', 'grid', 'workloads', 'search', 'seeds' and 'note'",
        origin: reader.place(of: node))
    }
    var options = Options(origin: reader.place(of: node))
    for (key, value) in try reader.merged(mapping) {
      let place = reader.place(of: key)
      switch try word(key) {
      case "base": budget.base = try settings(value, of: "base")
      case "arms": budget.arms = try arms(value)
      case "grid": budget.grid = try grid(value)
      case "workloads":
        budget.workloads = try namedSettings(value, of: "workloads").map { (key, settings) throws(ConfigurationError) in
          WorkloadChange(try word(key), settings: settings)
        }
      case "search": budget.search = try settings(value, of: "search")
      case "note": try options.set("note", text(value, of: "note"), origin: place)
      case "seeds" where isUntilDecided(value): try options.set("seeds", text(value, of: "seeds"), origin: place)
      case let word: try options.set(word, reader.value(value, of: word), origin: place)
      }
    }
    for section in ["base", "arms", "grid", "workloads", "search"] { _ = options.take(section) }
    budget.note = try options.text("note", default: "")
    let place = options.origin(of: "seeds")
    if let seeds = options.take("seeds") { budget.seeds = try SeedList(seeds, first: first, origin: place) }
    try options.finish("a budget")
    return budget
  }

  private mutating func sources(_ node: Node) throws(ConfigurationError) -> [Citation] {
    guard case .sequence(let sequence) = node else {
      throw .invalid(
        message: "'sources' takes a list of publications, each with its 'title'", origin: reader.place(of: node))
    }
    var sources: [Citation] = []
    for element in sequence {
      var options = try options(element, of: "sources")
      let title = try options.text("title", default: "")
      guard !title.isEmpty else {
        throw .invalid(message: "a source needs a title: write '- title: …'", origin: reader.place(of: element))
      }
      var citation = Citation(title)
      citation.authors = try Self.optionalText("authors", of: &options)
      let year = try options.integer("year", default: 0, in: 0...9999)
      citation.year = year == 0 ? nil : year
      citation.link = try Self.optionalText("link", of: &options)
      try options.finish("a source")
      sources.append(citation)
    }
    return sources
  }
}

extension EpochListing {
  /// Reads `lines`, or `lines(closing: 'time: {minutes} min {seconds} s')`.
  fileprivate init(_ choice: MethodSpec) throws(ConfigurationError) {
    guard choice.name == "lines" else {
      throw .unknownName(kind: "progress", name: choice.name, known: ["lines"], origin: choice.options.origin)
    }
    var options = choice.options
    let closing = try options.text("closing", default: "")
    self.init(closing: closing.isEmpty ? nil : closing)
    try options.finish("lines")
  }
}
