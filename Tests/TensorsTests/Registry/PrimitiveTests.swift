import Foundation
import TestSupport
import Testing

@testable import Tensors

/// Walks ``PrimitiveTable``: every primitive has a shape rule, StableHLO that gives the right values, a gradient
/// and a batching rule.
@Suite(.tags(.engine)) struct PrimitiveTests {
  /// The folders are the registry: a primitive declared under a module's `Primitives` without a row fails.
  @Test func everyPrimitiveHasARow() throws {
    let sources = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Sources").standardizedFileURL
    let names = try ["Tensors", "Reservoirs"].flatMap { module in
      let folder = sources.appending(path: "\(module)/Primitives")
      let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
      return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
          .matches(of: /(?m)^struct (\w+)[^\n]*\n  static let name = "/).map { String($0.1) }
      }
    }
    #expect(names.count > 50)
    #expect(Set(names).symmetricDifference(PrimitiveTable.rows.map(\.testDescription)).sorted() == [])
    #expect(Set(PrimitiveTable.rows.map(\.testDescription)).count == PrimitiveTable.rows.count)
    #expect(Set(PrimitiveTable.rows.map { $0.type.name }).count == PrimitiveTable.rows.count)
  }

  /// A row says all there is to check.
  @Test(arguments: PrimitiveTable.rows) func rowIsComplete(_ row: PrimitiveRow) throws {
    #expect(!row.samples.isEmpty)
    #expect(!row.refusals.isEmpty || row.type is any Source.Type, "no refused input")
    for sample in row.samples {
      let body = Subgraph(sample.inputs.map(\.type), sample.apply)
      let used = nodes(leadingTo: body.results).map { Swift.type(of: $0.primitive) }
      #expect(used.contains { $0 == row.type }, "a sample doesn't use the primitive")
    }
    switch row.values {
    case .fixtures(let names):
      #expect(!names.isEmpty && names.allSatisfy { FixtureTable.applications[$0] != nil })
    case .stated: #expect(row.samples.allSatisfy { $0.values != nil })
    }
    switch row.gradient {
    case .finiteDifferences, .firstOnly:
      #expect(row.samples.contains { $0.inputs.contains { $0.dtype == .float64 } }, "nothing to differentiate")
    case .none, .refused: break
    }
  }

  @Test(arguments: PrimitiveTable.rows) func shapeRule(_ row: PrimitiveRow) {
    for sample in row.samples {
      let results = Subgraph(sample.inputs.map(\.type), sample.apply).results
      #expect(results.map(\.type) == sample.types)
      #expect(results.compactMap(\.diagnostic) == [])
    }
    for refusal in row.refusals {
      let message = refusal.apply().first?.diagnostic?.message ?? "accepted"
      #expect(message.contains(refusal.message))
    }
  }

  @Test(arguments: PrimitiveTable.rows) func statedValues(_ row: PrimitiveRow) throws {
    guard case .stated = row.values else { return }
    for sample in row.samples {
      let program = try Program(sample.inputs.map(\.type), { sample.apply($0).map { $0.cast(to: .float64) } })
      for (result, expected) in zip(try program(sample.inputs), sample.values ?? []) {
        let found: [Double] = try result.values()
        #expect(agree(found, expected, within: 1e-13), "\(found) for \(expected)")
      }
    }
  }

  @Test(arguments: PrimitiveTable.rows) func gradient(_ row: PrimitiveRow) throws {
    for sample in row.samples {
      switch row.gradient {
      case .finiteDifferences: try checkGradients(sample)
      case .firstOnly(let message):
        try checkGradients(sample, orders: 1)
        let points = sample.inputs.map { Tensor(Identity(), [$0]) }
        let results = sample.apply(points)
        let first = pullback(of: results, cotangents: results.map { $0.onesLike() }, at: points)
        let second = pullback(of: first, cotangents: first.map { $0.onesLike() }, at: points)
        #expect(second.contains { $0.diagnostic?.message.contains(message) == true })
      case .none:
        let body = Subgraph(sample.inputs.map(\.type), sample.apply)
        for node in nodes(leadingTo: body.results) where Swift.type(of: node.primitive) == row.type {
          let results = node.types.indices.map { Tensor(node: node, result: $0) }
          let pulled = node.primitive.pullback(results, inputs: node.inputs, results: results)
          #expect(pulled.count == node.inputs.count && pulled.allSatisfy { $0 == nil })
        }
      case .refused(let message):
        let points = sample.inputs.map { Tensor(Identity(), [$0]) }
        let results = sample.apply(points).filter(\.dtype.isFloatingPoint)
        let found = pullback(of: results, cotangents: results.map { $0.onesLike() }, at: points)
        #expect(found.contains { $0.diagnostic?.message.contains(message) == true })
      }
    }
  }

  @Test(arguments: PrimitiveTable.rows) func batchingRule(_ row: PrimitiveRow) throws {
    for sample in row.samples { try checkBatching(sample) }
  }
}
