/// Which members of an ensemble are driven as one: those that were drawn alike and stand alike.
///
/// Driving a reservoir is the expensive part, and doesn't depend on the readout: a grid over penalties drives each network once.
struct SharedDrives: Sendable {
  /// Each member's network.
  let networks: [Int]
  /// Each network's members.
  let members: [[Int]]

  /// - Parameter networks: the number of each member's network, which are counted in the order of their first members.
  init(_ networks: [Int]) {
    self.networks = networks
    var members = [[Int]](repeating: [], count: (networks.max() ?? -1) + 1)
    for (member, network) in networks.enumerated() { members[network].append(member) }
    self.members = members
  }

  /// - Parameter isAlike: whether two members are driven as one.
  init<Member>(of members: [Member], _ isAlike: (Member, Member) -> Bool) {
    var leads: [Member] = []
    self.init(
      members.map { member in
        if let place = leads.firstIndex(where: { isAlike(member, $0) }) { return place }
        leads.append(member)
        return leads.count - 1
      })
  }

  /// Members each of which is driven by itself.
  static func separate(_ count: Int) -> SharedDrives { SharedDrives(Array(0..<count)) }

  var count: Int { members.count }
  /// The most members that a network has.
  var width: Int { members.map(\.count).max() ?? 1 }

  private var isSeparate: Bool { count == networks.count }

  /// A network's members, the last one repeated up to ``width``.
  func row(_ network: Int) -> [Int] {
    let own = members[network]
    return own + [Int](repeating: own[own.count - 1], count: width - own.count)
  }

  /// Of values of members `[members, …]` those of the networks, whose members have the same: `[networks, …]`.
  func common(_ values: Tensor) -> Tensor { isSeparate ? values : values.take(members.map { $0[0] }) }

  /// Of values of members `[members, …]` those of each network's members: `[networks, width, …]`.
  func rows(_ values: Tensor) -> Tensor {
    guard !isSeparate else { return values.expand(at: 1) }
    return values.take(members.indices.flatMap(row)).reshape(to: Shape([count, width] + values.shape.dropFirst()))
  }

  /// Of values of networks `[networks, …]` each member's: `[members, …]`.
  func spread(_ values: Tensor) -> Tensor { isSeparate ? values : values.take(networks) }

  /// Of values of each network's members `[networks, width, …]` each member's: `[members, …]`.
  func spread(rows values: Tensor) -> Tensor {
    guard !isSeparate else { return values.squeeze(1) }
    var places = [Int](repeating: 0, count: networks.count)
    for (network, own) in members.enumerated() {
      for (place, member) in own.enumerated() { places[member] = network * width + place }
    }
    return values.reshape(to: Shape([count * width] + values.shape.dropFirst(2))).take(places)
  }
}

extension Tensor {
  fileprivate func take(_ places: [Int]) -> Tensor { take(Tensor(places.map(Int32.init), shape: [places.count])) }

  /// A member's share of `[members, …]`. The number isn't part of the program, which is the same for all of them.
  func member(_ index: Int) -> Tensor { members(index..<index + 1).squeeze(0) }

  /// Of `[members, …]` a few; as ``member(_:)``.
  func members(_ range: Range<Int>) -> Tensor {
    rows(from: Tensor([Int32(range.lowerBound)], shape: []).asArgument(), count: range.count)
  }

  /// `body` of each readout of `[count, units + 1, outputs]`, with a leading axis of them.
  func eachReadout(_ body: @escaping (_ readout: Tensor) -> [Tensor]) -> [Tensor] {
    guard shape[0] > 1 else { return body(squeeze(0)).map { $0.expand(at: 0) } }
    return vectorized { (arguments: [Tensor]) in body(arguments[0]) }([self])
  }
}
