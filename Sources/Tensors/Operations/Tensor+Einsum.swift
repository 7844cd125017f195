extension Tensor {
  /// Einstein's summation: products of elements, summed over the axes whose letters the result doesn't name.
  ///
  /// ```swift
  /// let (x, w) = (Tensor.ones([8, 5, 3]), Tensor.ones([3, 4]))
  /// print(Tensor.einsum("btc,cd->btd", x, w).shape)  // [8, 5, 4]
  /// let scores = Tensor.einsum("bic,bjc->bij", x, x)  // each pair of rows
  /// print(scores.shape)                               // [8, 5, 5]
  /// ```
  /// - Parameters:
  ///   - equation: a letter per axis of each operand, operands separated by commas, and behind `->` the result's axes. A
  ///     letter that an operand has twice takes its diagonal. Without `->` the result has the letters that occur once, in
  ///     alphabetical order.
  ///   - operands: tensors of one element type. More than two are multiplied from left to right.
  public static func einsum(
    _ equation: String, _ operands: Tensor..., file: String = #fileID, line: Int = #line
  ) -> Tensor {
    do throws(ShapeError) {
      let equation = try Equation(equation, operands.map(\.shape))
      var terms = zip(operands, equation.operands).map { Term(tensor: $0, letters: $1).withoutRepetition }
      var product = terms.removeFirst()
      while !terms.isEmpty {
        let next = terms.removeFirst()
        let needed = Set(equation.result).union(terms.flatMap(\.letters))
        product = product.times(next, keeping: needed, file: file, line: line)
      }
      return product.arranged(as: equation.result)
    } catch {
      return .failed("einsum", error.message, operands, file: file, line: line)
    }
  }

  /// The letters of an equation, checked against the operands' shapes.
  private struct Equation {
    let operands: [[Character]]
    let result: [Character]

    init(_ text: String, _ shapes: [Shape]) throws(ShapeError) {
      let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
      guard let left = sides.first, sides.count <= 2 else { throw ShapeError("'\(text)' has more than one ->") }
      let operands = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
      guard operands.count == shapes.count else {
        throw ShapeError("'\(text)' names \(operands.count) operands, but \(shapes.count) are given")
      }
      let all = operands.joined()
      if let other = (all + (sides.dropFirst().first.map(Array.init) ?? [])).first(where: { !$0.isLetter }) {
        throw ShapeError("'\(text)' may have letters, commas and one ->, not '\(other)'")
      }
      var extents: [Character: Int] = [:]
      for (letters, shape) in zip(operands, shapes) {
        guard letters.count == shape.rank else {
          throw ShapeError("'\(String(letters))' names \(letters.count) axes of a tensor of shape \(shape)")
        }
        for (letter, extent) in zip(letters, shape) {
          guard extents[letter] ?? extent == extent else {
            throw ShapeError("axes '\(letter)' have the extents \(extents[letter] ?? 0) and \(extent): they must agree")
          }
          extents[letter] = extent
        }
      }
      let once = Set(all).filter { letter in all.count { $0 == letter } == 1 }.sorted()
      let result = sides.count == 2 ? Array(sides[1]) : once
      guard Set(result).count == result.count else { throw ShapeError("'\(String(result))' repeats a letter") }
      if let unknown = result.first(where: { extents[$0] == nil }) {
        throw ShapeError("no operand has the result's axis '\(unknown)'")
      }
      (self.operands, self.result) = (operands, result)
    }
  }

  /// A tensor whose axes have letters.
  private struct Term {
    var tensor: Tensor
    var letters: [Character]

    /// The diagonal over axes of the same letter.
    var withoutRepetition: Term {
      var term = self
      while let second = term.letters.indices.first(where: { term.letters[..<$0].contains(term.letters[$0]) }),
        let first = term.letters.firstIndex(of: term.letters[second])
      {
        let shape = term.tensor.shape
        let isDiagonal = Tensor.iota(shape, axis: first) .== Tensor.iota(shape, axis: second)
        term.tensor = term.tensor.replaced(where: .!isDiagonal, by: 0).sum([second])
        term.letters.remove(at: second)
      }
      return term
    }

    /// Summed over the axes that aren't kept.
    func summed(keeping kept: Set<Character>) -> Term {
      let gone = letters.indices.filter { !kept.contains(letters[$0]) }
      return Term(tensor: tensor.sum(gone), letters: letters.filter(kept.contains))
    }

    func times(_ other: Term, keeping kept: Set<Character>, file: String, line: Int) -> Term {
      let (x, y) = (summed(keeping: kept.union(other.letters)), other.summed(keeping: kept.union(letters)))
      let shared = x.letters.filter(y.letters.contains)
      let (batch, contracted) = (shared.filter(kept.contains), shared.filter { !kept.contains($0) })
      func axes(_ wanted: [Character]) -> ([Int], [Int]) {
        (wanted.compactMap(x.letters.firstIndex(of:)), wanted.compactMap(y.letters.firstIndex(of:)))
      }
      let product = DotGeneral(batch: axes(batch), contracted: axes(contracted))
      let rest = (x.letters + y.letters).filter { !shared.contains($0) }
      return Term(tensor: Tensor(product, [x.tensor, y.tensor], file: file, line: line), letters: batch + rest)
    }

    /// With these axes only, in this order.
    func arranged(as result: [Character]) -> Tensor {
      let term = summed(keeping: Set(result))
      return term.tensor.diagnostic == nil
        ? term.tensor.transpose(result.compactMap(term.letters.firstIndex(of:))) : term.tensor
    }
  }
}
