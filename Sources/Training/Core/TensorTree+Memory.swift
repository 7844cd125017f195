extension TensorTree {
  /// The same values in other memory: programs take over the memory of what they change.
  func copied() throws -> TensorTree { try mapValues { Tensor(try Tensor($0.buffer().read()).buffer()) } }

  /// Each tensor in memory of its own.
  func unaliased() throws -> TensorTree {
    var seen: Set<ObjectIdentifier> = []
    return try mapValues { tensor in
      let buffer = try tensor.buffer()
      return seen.insert(ObjectIdentifier(buffer)).inserted ? tensor : Tensor(try Tensor(buffer.read()).buffer())
    }
  }
}

extension Tensor {
  /// On the device, so that programs for different values share their text and are compiled once.
  func hidden() throws -> Tensor { Tensor(try buffer()) }
}
