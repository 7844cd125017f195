import Synchronization

/// Methods that programs added to the registries, by kind; what ``Registry``'s `add` keeps.
package enum RegistryAdditions {
  private static let types = Mutex<[String: [any Configurable.Type]]>([:])

  package static func types(of kind: String) -> [any Configurable.Type] { types.withLock { $0[kind] ?? [] } }

  /// - Parameter builtIn: the methods of that kind that Tanren brings.
  /// - Throws: ``ConfigurationError`` for a name that is taken, or that can't be written in a plan. Nothing is added
  ///   then. A method that was added before is left as it is.
  package static func add(
    _ new: [any Configurable.Type], to kind: String, builtIn: [any Configurable.Type]
  ) throws(ConfigurationError) {
    try types.withLock { types throws(ConfigurationError) in
      var added = types[kind] ?? []
      for type in new where !added.contains(where: { $0 == type }) {
        guard type.name.isName else {
          throw .invalid(
            message: "'\(type.name)' can't be a method's name: use letters and digits, beginning with a letter",
            origin: "\(type)")
        }
        guard Registry<any Configurable>(kind: kind, builtIn + added).type(named: type.name) == nil else {
          throw .invalid(message: "the name '\(type.name)' is taken: give your method another one", origin: "\(type)")
        }
        added.append(type)
      }
      types[kind] = added
    }
  }
}
