import Arrays
import Configuration
import Formats

/// Windows of a text, each with one character hidden that is to be predicted from the others, as tokens.
///
/// Token 0 stands for the hidden character. The most frequent characters of the training part have a token each, the
/// others share one. Predicting what is hidden from both sides is what BERT learns from (Devlin et al. 2018,
/// https://arxiv.org/abs/1810.04805), there of 15 % of the words at once.
public struct TextWindows: Sendable, Hashable {
  /// Which character of a window is hidden.
  public enum Place: String, Sendable, Hashable, CaseIterable { case middle, last }

  /// Characters of a window.
  public var length = 32
  public var hidden = Place.middle
  public var train = 20_000
  public var test = 2_000
  /// Of the places where windows begin.
  public var seed: UInt32 = 0

  public init() {}

  /// Tokens fit in a byte: that of the hidden character, 254 of characters, and one of all others.
  private static let largestVocabulary = 254
  /// The part of the text, at its end, that the test windows are from.
  private static let testFraction = 0.1

  /// - Returns: `[N, length]` tokens, and which character was hidden as a class, which is its token less 1.
  /// - Throws: ``DatasetError`` for a text with fewer than twice the characters of a window in either part.
  func pair(of text: String, path: String? = nil, name: String, origin: String) throws(DatasetError) -> DatasetPair {
    let characters = Array(text.unicodeScalars)
    let split = characters.count - Int(Double(characters.count) * Self.testFraction)
    guard characters.count - split >= 2 * length else {
      throw DatasetError(
        .invalidArgument(
          name: "the text's number of characters", value: "\(characters.count)",
          allowed: "\(Int(2 * Double(length) / Self.testFraction)) or more for windows of \(length)"), path: path)
    }
    let vocabulary = Vocabulary(characters[..<split], limit: Self.largestVocabulary)
    let (seen, unseen) = (vocabulary.tokens(characters[..<split]), vocabulary.tokens(characters[split...]))
    return DatasetPair(
      train: try records(train, of: seen, stream: 1, classCount: vocabulary.count),
      test: try records(test, of: unseen, stream: 2, classCount: vocabulary.count), name: name, origin: origin,
      classNames: vocabulary.names)
  }

  private func records(
    _ count: Int, of tokens: [UInt8], stream: UInt64, classCount: Int
  ) throws(DatasetError) -> LabeledArrays {
    let place = hidden == .middle ? length / 2 : length - 1
    var (inputs, labels): ([UInt8], [Int32]) = ([], [])
    inputs.reserveCapacity(count * length)
    for index in 0..<count {
      var random = SplitMix64(seed: UInt64(seed), stream: stream, index: UInt64(index))
      let start = random.index(below: tokens.count - length + 1)
      var window = Array(tokens[start..<start + length])
      labels.append(Int32(window[place]) - 1)
      window[place] = 0
      inputs += window
    }
    return try LabeledArrays(
      inputs: .make(.uint8, [count, length], inputs),
      targets: .make(.int32, [count], labels.withUnsafeBytes { Array($0) }), classCount: classCount)
  }

  /// The settings of a source that has windows.
  static let settings: [Setting<TextWindows>] = [
    Setting("train", \.train, .integer(in: 1...10_000_000), "training windows"),
    Setting("test", \.test, .integer(in: 1...10_000_000), "test windows"),
    Setting("length", \.length, .integer(in: 2...10_000), "characters of a window"),
    Setting("hidden", \.hidden, .word, "which character of a window is hidden"),
    Setting("seed", \.seed, .seed, "random seed of the places where windows begin"),
  ]
}

/// The characters of a text that have tokens of their own, by code point.
private struct Vocabulary {
  private let tokens: [Unicode.Scalar: UInt8]
  private let characters: [Unicode.Scalar]

  init(_ text: ArraySlice<Unicode.Scalar>, limit: Int) {
    var counts: [Unicode.Scalar: Int] = [:]
    for character in text { counts[character, default: 0] += 1 }
    let frequent = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map(\.key)
    characters = frequent.sorted()
    tokens = Dictionary(uniqueKeysWithValues: zip(characters, 1...UInt8(limit)))
  }

  /// The classes: the characters, and all others.
  var count: Int { characters.count + 1 }

  var names: [String] {
    characters.map { character in
      switch character {
      case " ": "space"
      case "\n": "newline"
      case "\t": "tab"
      default: String(character)
      }
    } + ["others"]
  }

  func tokens(_ text: ArraySlice<Unicode.Scalar>) -> [UInt8] {
    text.map { tokens[$0] ?? UInt8(characters.count + 1) }
  }
}
