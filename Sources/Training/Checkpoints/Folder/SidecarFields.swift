import OrderedCollections

/// A JSON object of a sidecar: each member by name and kind, or an error that says which one is wrong.
struct SidecarFields {
  private let members: OrderedDictionary<String, JSONValue>

  init(reading bytes: [UInt8]) throws(SidecarProblem) {
    do throws(JSONProblem) {
      self.init(try JSONReader.value(of: bytes).object ?? [:])
    } catch {
      switch error {
      case .notUTF8: throw .malformed("it isn't UTF-8 text")
      case .duplicateName(let name): throw .malformed("it has '\(name)' twice")
      case .malformed(let offset, let reason): throw .malformed("\(reason) at byte \(offset)")
      }
    }
  }

  private init(_ members: OrderedDictionary<String, JSONValue>) { self.members = members }

  var names: [String] { Array(members.keys) }

  func natural(_ name: String) throws(SidecarProblem) -> Int {
    guard let value = members[name]?.integer, value >= 0 else { throw wrong(name, "a whole number") }
    return value
  }

  func real(_ name: String) throws(SidecarProblem) -> Double {
    guard let value = members[name]?.real else { throw wrong(name, "a number") }
    return value
  }

  func text(_ name: String) throws(SidecarProblem) -> String {
    guard let value = members[name]?.string else { throw wrong(name, "a string") }
    return value
  }

  func optionalText(_ name: String) throws(SidecarProblem) -> String? {
    members[name] == .null ? nil : try text(name)
  }

  func texts(_ name: String) throws(SidecarProblem) -> [String] {
    guard let values = members[name]?.array else { throw wrong(name, "a list") }
    return values.compactMap(\.string)
  }

  func object(_ name: String) throws(SidecarProblem) -> SidecarFields {
    guard let value = members[name]?.object else { throw wrong(name, "an object") }
    return SidecarFields(value)
  }

  func optionalObject(_ name: String) throws(SidecarProblem) -> SidecarFields? {
    members[name] == .null ? nil : try object(name)
  }

  func list(_ name: String) throws(SidecarProblem) -> [SidecarFields] {
    let objects = members[name]?.array?.map(\.object)
    guard let objects, !objects.contains(nil) else { throw wrong(name, "a list of objects") }
    return objects.compactMap { $0.map(SidecarFields.init) }
  }

  /// All members as numbers.
  func reals() throws(SidecarProblem) -> OrderedDictionary<String, Double> {
    var numbers: OrderedDictionary<String, Double> = [:]
    for name in members.keys { numbers[name] = try real(name) }
    return numbers
  }

  private func wrong(_ name: String, _ kind: String) -> SidecarProblem { .malformed("'\(name)' isn't \(kind)") }
}
