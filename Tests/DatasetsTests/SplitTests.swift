import PJRT
import Tensors
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Splits, order and label noise", .tags(.engine))
struct SplitTests {
  /// Record i has the inputs [2i, 2i + 1] and the label i mod 10.
  private func numbered(_ count: Int) throws -> LabeledArrays {
    try LabeledArrays(
      inputs: HostArray((0..<2 * count).map { Int32($0) }, shape: [count, 2]),
      targets: HostArray((0..<count).map { Int32($0 % 10) }), classCount: 10)
  }

  /// The numbers of the records, after a check that inputs and labels stayed together.
  private func numbers(_ data: LabeledArrays) throws -> [Int] {
    let inputs = try data.inputs.values(as: Int32.self)
    let numbers = stride(from: 0, to: inputs.count, by: 2).map { Int(inputs[$0]) / 2 }
    #expect(inputs == numbers.flatMap { [Int32(2 * $0), Int32(2 * $0 + 1)] })
    #expect(try data.labels() == numbers.map { Int32($0 % 10) })
    #expect(data.inputs.shape == [numbers.count, 2])
    return numbers
  }

  @Test func splitsWithoutLossOrOverlap() throws {
    let data = try numbered(1000)
    let (training, validation) = try data.split(validationFraction: 0.15, seed: 3)
    #expect(training.count == 850)
    #expect(validation.count == 150)
    let parts = (try numbers(training), try numbers(validation))
    #expect(parts.0 == parts.0.sorted())
    #expect(parts.1 == parts.1.sorted())
    #expect(Set(parts.0 + parts.1) == Set(0..<1000))
    #expect(parts.1 != Array(0..<150), "the part is random")
    let again = try data.split(validationFraction: 0.15, seed: 3)
    #expect(again.validation == validation)
    #expect(try data.split(validationFraction: 0.15, seed: 4).validation != validation)
  }

  @Test(arguments: [0, 1, -0.5, 1.5, Double.nan, .infinity, 0.001, 0.999])
  func refusesEmptyParts(fraction: Double) throws {
    let data = try numbered(10)
    #expect(throws: DatasetError.self) { try data.split(validationFraction: fraction, seed: 0) }
  }

  @Test func shufflesAsNumPy() throws {
    var random = NumPyRandomState(seed: 10)
    var expected = random
    #expect(try numbers(numbered(50).shuffled(by: &random)) == expected.permutation(50))
    #expect(random == expected)
  }

  @Test func takesRecords() throws {
    let data = try numbered(6)
    #expect(try numbers(data.prefix(4)) == [0, 1, 2, 3])
    #expect(try data.prefix(0).count == 0)
    #expect(try numbers(data.records(at: [5, 0, 5])) == [5, 0, 5])
    #expect(throws: DatasetError.self) { try data.prefix(7) }
    #expect(throws: DatasetError.self) { try data.prefix(-1) }
    #expect(throws: DatasetError.self) { try data.records(at: [6]) }
    #expect(throws: DatasetError.self) { try data.records(at: [-1]) }
  }

  @Test func survivesRecordsOfImpossibleSize() throws {
    let shape = [0, Int.max, Int.max]
    let data = try LabeledArrays(
      inputs: HostArray([] as [Float], shape: shape), targets: HostArray([] as [Int32]))
    #expect(try data.prefix(0).inputs.shape == shape)
    #expect(throws: DatasetError.self) { try Normalizer.standardizing(data.inputs) }
  }

  @Test func checksLabels() throws {
    let inputs = try HostArray([1, 2, 3] as [Float])
    func problem(_ targets: HostArray, _ classCount: Int?) -> DatasetProblem? {
      do throws(DatasetError) {
        _ = try LabeledArrays(inputs: inputs, targets: targets, classCount: classCount)
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(
      problem(try HostArray([0, -1, 5] as [Int32]), 3) == .labelOutOfRange(record: 1, label: -1, classCount: 3))
    #expect(problem(try HostArray([0, 1] as [Int32]), 3) == .countMismatch(inputs: 3, targets: 2))
    #expect(
      problem(try HostArray([0, 1, 2] as [Int64]), 3) == .wrongElementType(found: "int64", wanted: [.int32]))
    #expect(
      problem(try HostArray([0, 1, 2] as [Int32], shape: [3, 1]), 3)
        == .wrongRank(found: [3, 1], wanted: "one label per record"))
    #expect(problem(try HostArray([0.5, 1, 2] as [Double]), nil) == nil)
    #expect(problem(try HostArray([0] as [Int32], shape: []), nil) != nil)
    #expect(problem(try HostArray([0, 1, 2] as [Int32]), 0) != nil)
    #expect(problem(try HostArray([0, 1, 2] as [Int32]), Int.max) != nil)
  }

  @Test func strikesTheExactShareOfLabels() throws {
    let data = try numbered(1000)
    let before = try data.labels()
    let (noisy, corrupted) = try data.addingLabelNoise(fraction: 0.3, seed: 1)
    let after = try noisy.labels()
    #expect(corrupted.count == 300)
    #expect(noisy.inputs == data.inputs)
    #expect(corrupted == (0..<1000).filter { before[$0] != after[$0] }, "every corrupted label becomes another")
    // Each of the nine other classes is about as likely: 300 draws over 9 offsets.
    let offsets = corrupted.map { (Int(after[$0]) - Int(before[$0]) + 10) % 10 }
    for offset in 1...9 { #expect((15...55).contains(offsets.filter { $0 == offset }.count)) }
    #expect(try data.addingLabelNoise(fraction: 0.3, seed: 1).corrupted == corrupted)
    #expect(try data.addingLabelNoise(fraction: 0.3, seed: 2).corrupted != corrupted)
  }

  @Test func mayStrikeWithAnyClass() throws {
    let data = try numbered(1000)
    let before = try data.labels()
    let (noisy, corrupted) = try data.addingLabelNoise(fraction: 1, kind: .anyClass, seed: 1)
    #expect(corrupted == Array(0..<1000))
    let unchanged = zip(before, try noisy.labels()).filter { $0 == $1 }.count
    #expect((60...140).contains(unchanged), "a tenth comes out as it was, but \(unchanged) of 1000 did")
    #expect(try data.addingLabelNoise(fraction: 0, seed: 1).data == data)
  }

  @Test func refusesSenselessNoise() throws {
    let data = try numbered(10)
    for fraction in [-0.1, 1.1, Double.nan] {
      #expect(throws: DatasetError.self) { try data.addingLabelNoise(fraction: fraction, seed: 0) }
    }
    let single = try LabeledArrays(
      inputs: HostArray([1] as [Float]), targets: HostArray([0] as [Int32]), classCount: 1)
    #expect(throws: DatasetError.self) { try single.addingLabelNoise(fraction: 0.5, seed: 0) }
    let real = try LabeledArrays(inputs: HostArray([1] as [Float]), targets: HostArray([0.5] as [Float]))
    #expect(throws: DatasetError.self) { try real.addingLabelNoise(fraction: 0.5, seed: 0) }
  }
}
