import Foundation
import Reservoirs
import TestSupport
import Testing

/// Which recurrent weights there are, and how inputs reach the units.
@Suite(.tags(.engine)) struct TopologyTests {
  private func matrix(_ units: Int, _ change: (inout Reservoir) -> Void) throws -> [[Double]] {
    var reservoir = Reservoir(units: units, inputs: 1)
    (reservoir.scaling, reservoir.connectivity) = (.gain(0.5), 0.4)
    change(&reservoir)
    let dense = try EchoStateNetwork(reservoir, draws: .keyed(seed: 2)).weights.recurrent.dense
    return (0..<units).map { Array(dense[$0 * units..<($0 + 1) * units]) }
  }

  @Test func linksAreWhereTheyShouldBe() throws {
    #expect(try matrix(3) { $0.topology = .cycle } == [[0, 0, 0.5], [0.5, 0, 0], [0, 0.5, 0]])
    #expect(try matrix(3) { $0.topology = .delayLine } == [[0, 0, 0], [0.5, 0, 0], [0, 0.5, 0]])
    let back = try matrix(3) { ($0.topology, $0.linkWeight) = (.delayLineFeedback, 0.4) }
    #expect(back == [[0, 0.2, 0], [0.5, 0, 0.2], [0, 0.5, 0]])
    // Jumps from 0 to 2, from 2 to 4 and from 4 on to 0.
    let jumps = try matrix(6) { ($0.topology, $0.jump, $0.linkWeight) = (.cycleJumps, 2, 0.4) }
    let links = Set((0..<36).filter { jumps[$0 / 6][$0 % 6] == 0.2 }.map { [$0 / 6, $0 % 6] })
    #expect(links == [[0, 2], [2, 0], [2, 4], [4, 2], [4, 0], [0, 4]])
    #expect((0..<6).allSatisfy { jumps[($0 + 1) % 6][$0] == 0.5 })
    // Of seven units a jump beyond the last one isn't made.
    let odd = try matrix(7) { ($0.topology, $0.jump, $0.linkWeight) = (.cycleJumps, 3, 0.4) }
    #expect(odd.joined().count { $0 == 0.2 } == 4)
  }

  @Test func smallWorldsAreRewiredRings() throws {
    let ring = try matrix(10) { ($0.topology, $0.rewired) = (.smallWorld, 0) }
    for row in 0..<10 {
      for column in 0..<10 {
        let distance = min((row - column + 10) % 10, (column - row + 10) % 10)
        #expect((ring[row][column] != 0) == (1...2).contains(distance))
      }
    }
    let small = try matrix(10) { ($0.topology, $0.rewired) = (.smallWorld, 0.5) }
    #expect(small.joined().count { $0 != 0 } == 40 && small != ring)
    #expect((0..<10).allSatisfy { row in (0..<10).allSatisfy { (small[row][$0] != 0) == (small[$0][row] != 0) } })
    #expect((0..<10).allSatisfy { small[$0][$0] == 0 })
  }

  @Test func matricesHaveTheirSymmetries() throws {
    let orthogonal = try matrix(8) { ($0.topology, $0.scaling) = (.orthogonal, .spectralRadius(1)) }
    for row in 0..<8 {
      for other in 0..<8 {
        let product = zip(orthogonal[row], orthogonal[other]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (row == other ? 1 : 0)) < 1e-12)
      }
    }
    let anti = try matrix(8) { ($0.topology, $0.diffusion) = (.antisymmetric, 0.25) }
    for row in 0..<8 {
      for other in 0..<8 {
        #expect(abs(anti[row][other] + anti[other][row] + (row == other ? 0.5 : 0)) < 1e-12)
      }
    }
    #expect(anti.joined().contains { $0 > 0 })
    for topology in Reservoir.Topology.allCases where topology != .delayLine {
      let dense = try matrix(12) { ($0.topology, $0.scaling) = (topology, .spectralRadius(0.8)) }
      let radius = try SparseMatrix(dense: dense.flatMap(\.self), size: 12).spectralRadius()
      #expect(abs(radius - 0.8) < 1e-9, "\(topology)")
    }
    #expect(throws: ReservoirError.self) {
      try matrix(12) { ($0.topology, $0.scaling) = (.delayLine, .spectralRadius(0.8)) }
    }
  }

  @Test func inputsHaveScales() throws {
    var reservoir = Reservoir(units: 200, inputs: 3)
    (reservoir.inputScales, reservoir.inputValues) = ([1, 0.1, 2], .signs)
    let input = try EchoStateNetwork(reservoir).weights.input
    for (place, scale) in [1, 0.1, 2].enumerated() {
      #expect(input[place * 200..<(place + 1) * 200].allSatisfy { abs($0) == scale })
    }
    reservoir.inputConnectivity = 0.25
    let sparse = try EchoStateNetwork(reservoir).weights.input
    #expect((90...210).contains(sparse.count { $0 != 0 }))
    #expect(zip(sparse, input).allSatisfy { $0 == 0 || $0 == $1 })
    reservoir.inputScales = [1]
    #expect(throws: ReservoirError.self) { try EchoStateNetwork(reservoir) }
    reservoir.inputScales = []
    reservoir.jump = 0
    #expect(throws: ReservoirError.self) { try EchoStateNetwork(reservoir) }
  }

  /// A file of an earlier version has none of the newer settings.
  @Test func olderFilesAreRead() throws {
    let reservoir = Reservoir(units: 7, inputs: 2)
    let text = String(decoding: try JSONEncoder().encode(reservoir), as: UTF8.self)
    var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    for name in [
      "topology", "jump", "linkWeight", "rewired", "diffusion", "unit", "activationText", "squares", "inputScales",
      "inputValues", "inputConnectivity",
    ] { #expect(object.removeValue(forKey: name) != nil, "\(name)") }
    let older = try JSONSerialization.data(withJSONObject: object)
    #expect(try JSONDecoder().decode(Reservoir.self, from: older) == reservoir)
  }
}
