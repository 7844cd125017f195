/// The readout rules of an ensemble's members, by the networks that they are driven with.
struct MemberRules {
  /// Each network's rules, as ``SharedDrives/row(_:)`` has its members.
  private let rows: [[any ReadoutRule]]
  private let drives: SharedDrives

  /// - Throws: ``ReservoirError/readouts(count:networks:)`` unless there is one for each member.
  init(_ rules: [any ReadoutRule], _ drives: SharedDrives) throws(ReservoirError) {
    guard rules.count == drives.networks.count else {
      throw .readouts(count: rules.count, networks: drives.networks.count)
    }
    rows = drives.members.indices.map { drives.row($0).map { rules[$0] } }
    self.drives = drives
  }

  /// The members' penalties `[networks, width]`, in float64.
  var penalties: Tensor {
    Tensor(rows.joined().map { $0.penalty }, shape: [drives.count, drives.width]).asArgument()
  }

  /// The rule whose traced function, with the members' penalties, gives all readouts; nil if the rules differ by more than
  /// penalties, or have none for regressions of these shapes.
  func traced(_ states: Tensor, _ targets: Tensor) -> (any ReadoutRule)? {
    let rule = rows[0][0]
    let isOne = Set(rows.joined().map { $0.kind }).count == 1
    return isOne && rule.traced(states, targets, penalties: .zeros([1], dtype: .float64)) != nil ? rule : nil
  }

  /// The readouts of a network's members, computed one by one.
  /// - Throws: ``ReservoirError/singular(penalty:dtype:)``.
  func weights(of network: Int, _ states: Tensor, _ targets: Tensor) throws -> TracedReadouts {
    let count = drives.members[network].count
    let rules = Array(rows[network].prefix(count))
    var found: [ReadoutWeights]
    if count > 1, let rules = rules as? [any GramReadoutRule] {
      let products = states.products(with: targets)
      let computed = try Tensor.evaluate([products.gram, products.crossProduct])
      found = try rules.map { try $0.weights(gram: computed[0], crossProduct: computed[1]) }
    } else {
      found = try rules.map { try $0.weights(states, targets) }
    }
    found += [ReadoutWeights](repeating: found[count - 1], count: drives.width - count)
    return TracedReadouts(
      weights: Tensor.stack(found.map { $0.tensor.asArgument() }),
      penalties: Tensor(found.map(\.lambda), shape: [drives.width]).asArgument())
  }
}

extension ReadoutRule {
  /// The rule but for its penalty.
  fileprivate var kind: AnyHashable { AnyHashable(withPenalty(0)) }

  /// Whether another rule differs by its penalty at most.
  func isAlike(_ other: any ReadoutRule) -> Bool { kind == other.kind }
}
