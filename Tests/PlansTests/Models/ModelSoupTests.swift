import Plans
import TestSupport
import Testing

@Suite(.tags(.engine)) struct ModelSoupTests {
  /// Models of one number each.
  private static func files(_ values: [Float], of path: String = "gain", shape: [Int] = [1]) throws -> [ModelFile] {
    let digits = try SyntheticDigits.generate(trainCount: 4, testCount: 2)
    return try values.map { value in
      let count = shape.reduce(1, *)
      return ModelFile(
        .network, RunConfiguration(), data: ModelData(digits),
        tensors: [
          path: try HostArray([Float](repeating: value, count: count), shape: shape),
          "steps": try HostArray([Int32(value.isNaN ? 0 : value)], shape: [1]),
        ])
    }
  }

  private static func value(_ file: ModelFile) throws -> Double {
    Double(try #require(file.tensors["gain"]?.values(as: Float.self).first))
  }

  /// The loss is the distance from 5: 4 comes first, 7 makes a mean of 5.5, and 1 one of 4, which is worse.
  @Test func membersJoinUnlessTheSoupBecomesWorse() throws {
    let files = try Self.files([1, 7, 4, .nan])
    let soup = try ModelSoup(files, metric: PrimaryMetric("loss")) { try abs(Self.value($0) - 5) }
    #expect(soup.members == [2, 1])
    #expect(soup.trials.map(\.index) == [2, 1, 0, 3])
    #expect(soup.trials.map(\.isKept) == [true, true, false, false])
    #expect(soup.score == 0.5)
    #expect(try Self.value(soup.file) == 5.5)
    // Integers are the best model's.
    #expect(try soup.file.tensors["steps"]?.values(as: Int32.self) == [4])
  }

  @Test func greaterScoresCanBeBetter() throws {
    let soup = try ModelSoup(Self.files([3, 9]), metric: PrimaryMetric("accuracy")) { try Self.value($0) }
    #expect(soup.members == [1] && soup.score == 9)
  }

  @Test func modelsOfOtherArraysAreRefused() throws {
    #expect(throws: ModelFileError.unlikeModels(arrays: ["bias", "gain"])) {
      try ModelSoup.mean(Self.files([1]) + Self.files([1], of: "bias"))
    }
    #expect(throws: ModelFileError.unlikeModels(arrays: ["gain"])) {
      try ModelSoup.mean(Self.files([1]) + Self.files([1], shape: [2]))
    }
    #expect(throws: ModelFileError.unlikeModels(arrays: [])) { try ModelSoup.mean([]) }
  }
}
