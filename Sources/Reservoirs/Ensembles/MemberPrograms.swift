import Foundation

/// What a program has of each member of an ensemble.
protocol EnsembleMember: Sendable {
  /// The same with other tensors.
  func with(_ tensors: [Tensor]) -> Self
}

/// Programs of all members of an ensemble.
struct MemberPrograms<Member: EnsembleMember>: Sendable {
  /// One of the members.
  var prototype: Member
  /// The members' tensors along a leading axis, as ``EnsembleMember/with(_:)`` orders them.
  let tensors: [Tensor]
  /// The bytes that one execution of a program may take for states and Gram matrices: where all members' would be more,
  /// the program runs for some members after the others. Memory that is used again is far quicker than new one.
  var memory = 1 << 28

  /// `body` as one program for several of the members: of their weights, and their share of other arguments.
  func program(_ body: @escaping (Member, [Tensor]) -> [Tensor]) -> ([Tensor]) -> [Tensor] {
    let (parts, prototype) = (tensors.count, prototype)
    return vectorized { (all: [Tensor]) in
      body(prototype.with(Array(all.prefix(parts))), Array(all.dropFirst(parts)))
    }
  }

  /// What `body` makes of each network's weights, its share of `arguments`, which have a leading axis of networks, and
  /// its noise, if there is any: in as few executions as memory allows.
  /// - Parameter bytes: what goes through memory for each of them; 0 for little.
  func each(
    of drives: SharedDrives, _ arguments: [Tensor], noise: [Tensor]? = nil, bytes: Int,
    _ body: @escaping (Member, [Tensor]) -> [Tensor]
  ) throws -> [Tensor] {
    let run = program(body)
    return try inChunks(of: drives, arguments, noise: noise, bytes: bytes) { _, own in try Tensor.evaluate(run(own)) }
  }

  /// As ``each(of:_:noise:bytes:_:)``, with a body that gets the arguments of several networks at a time, weights
  /// first.
  func inChunks(
    of drives: SharedDrives, _ arguments: [Tensor], noise: [Tensor]?, bytes: Int,
    _ body: (_ networks: Range<Int>, _ arguments: [Tensor]) throws -> [Tensor]
  ) throws -> [Tensor] {
    let size = EnsembleChunks.size(
      of: drives.count, atMost: Swift.max(1, memory / Swift.max(1, bytes)),
      threads: ProcessInfo.processInfo.activeProcessorCount)
    let all = try Tensor.evaluate(tensors.map(drives.common)) + Tensor.evaluate(arguments)
    var results: [[Tensor]] = []
    for first in stride(from: 0, to: drives.count, by: size) {
      let range = first..<Swift.min(drives.count, first + size)
      // As arguments of the program, and not a part of it.
      var own = range.count == drives.count ? all : try Tensor.evaluate(all.map { $0.members(range) })
      if let noise { own.append(try Tensor.stack(Array(noise[range])).evaluate()) }
      results.append(try body(range, own))
    }
    guard results.count > 1 else { return results[0] }
    return try Tensor.evaluate(results[0].indices.map { place in Tensor.concatenate(results.map { $0[place] }) })
  }
}
