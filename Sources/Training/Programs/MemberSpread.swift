/// Members of a group on several devices: each device trains equally many of them, and nothing is exchanged.
struct MemberSpread {
  let members: Int
  let devices: Int

  /// - Parameter available: devices that may be used. As many are as divide the members evenly.
  init(_ members: Int, over available: Int) {
    self.members = members
    devices = (1...Swift.max(1, Swift.min(members, available))).last { members.isMultiple(of: $0) } ?? 1
  }

  /// The members of a device.
  var share: Int { members / devices }

  /// Tensors with a row per member, each device's rows on it. Those that are spread already stay where they are.
  func spread(_ tensors: [Tensor]) throws -> [Tensor] {
    guard devices > 1 else { return tensors }
    return try tensors.map { tensor in
      guard tensor.shape[0] == members else { return tensor }
      let rows = try tensor.hostArray()
      return try Tensor(perDevice: (0..<devices).map { try rows.rows($0 * share..<($0 + 1) * share) })
    }
  }

  /// Tensors whose rows are spread over the devices, on the first one.
  func joined(_ tensors: [Tensor]) throws -> [Tensor] {
    guard devices > 1 else { return tensors }
    return try tensors.map { tensor in
      let parts = try tensor.perDevice()
      let rows = try HostArray(
        dtype: tensor.dtype, shape: [members] + tensor.shape.dropFirst(), bytes: parts.flatMap(\.bytes))
      return Tensor(try Tensor(rows).buffer())
    }
  }
}

extension HostArray {
  /// Consecutive elements along the first axis.
  func rows(_ range: Range<Int>) throws -> HostArray {
    let size = shape.dropFirst().reduce(dtype.byteCount, *)
    return try HostArray(
      dtype: dtype, shape: [range.count] + shape.dropFirst(),
      bytes: Array(bytes[range.lowerBound * size..<range.upperBound * size]))
  }
}
