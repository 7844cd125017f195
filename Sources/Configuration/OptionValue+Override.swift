extension OptionValue {
  /// A method with one of its settings replaced, `learningRate`; or a list of methods with one of a method in it, which goes by
  /// its name, with a number where there are several: `reservoir.leak`, `reservoir2.leak`. A list within the list is part of it.
  /// - Returns: nil for a value that has no settings.
  func overriding(
    _ path: String, with value: OptionValue, origin: String
  ) throws(ConfigurationError) -> OptionValue? {
    switch try unquoted(origin: origin) {
    case .choice(let choice):
      var options = choice.options
      try options.override(path, value, of: choice.name, origin: origin)
      return .choice(MethodSpec(choice.name, options))
    case .text(let name):
      var options = Options(origin: origin)
      try options.override(path, value, of: name, origin: origin)
      return .choice(MethodSpec(name, options))
    case .list(let elements):
      let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
      let names = try elements.methodNames(origin: origin)
      guard parts.count == 2, let place = names.firstIndex(of: parts[0]) else {
        throw .unknownName(kind: "Method of the list", name: parts[0], known: names, origin: origin)
      }
      var next = 0
      return try .list(elements).mapMethods { (method) throws(ConfigurationError) in
        defer { next += 1 }
        return next == place ? try method.overriding(parts[1], with: value, origin: origin) ?? method : method
      }
    case .number, .flag, .spelled: return nil
    }
  }

  /// The methods of a list changed, one after the other.
  private func mapMethods(
    _ change: (OptionValue) throws(ConfigurationError) -> OptionValue
  ) throws(ConfigurationError) -> OptionValue {
    guard case .list(let elements) = self else { return try change(self) }
    var changed: [OptionValue] = []
    for element in elements { changed.append(try element.mapMethods(change)) }
    return .list(changed)
  }
}

extension [OptionValue] {
  /// The names of a list's methods, numbered where there are several of one name.
  fileprivate func methodNames(origin: String) throws(ConfigurationError) -> [String] {
    var kinds: [String] = []
    for element in self { kinds += try element.kinds(origin: origin) }
    var seen: [String: Int] = [:]
    return kinds.map { kind in
      seen[kind, default: 0] += 1
      return kinds.count { $0 == kind } > 1 ? "\(kind)\(seen[kind] ?? 1)" : kind
    }
  }
}

extension OptionValue {
  fileprivate func kinds(origin: String) throws(ConfigurationError) -> [String] {
    switch try unquoted(origin: origin) {
    case .choice(let choice): return [choice.name]
    case .list(let elements):
      var kinds: [String] = []
      for element in elements { kinds += try element.kinds(origin: origin) }
      return kinds
    case .number, .flag, .text, .spelled: return [word ?? ""]
    }
  }
}
