import Foundation
import TestSupport
import Testing

@testable import Figures

/// The promises of the palette, computed anew from the colours themselves.
@Suite(.tags(.unit)) struct PaletteTests {
  typealias Vector = [Double]

  private static func linear(_ hex: String) -> Vector {
    [1, 3, 5].map { start in
      let from = hex.index(hex.startIndex, offsetBy: start)
      let value = Double(Int(hex[from..<hex.index(from, offsetBy: 2)], radix: 16) ?? 0) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
  }

  private static func times(_ matrix: [Vector], _ vector: Vector) -> Vector {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// CIE Lab under D65.
  private static func lab(_ rgb: Vector) -> Vector {
    let toXYZ: [Vector] = [
      [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
    ]
    let xyz = times(toXYZ, rgb.map { min(max($0, 0), 1) })
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
      let t = value / white
      return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  /// Full normal, protan and deutan vision in linear RGB (Machado, Oliveira and Fernandes, 2009, severity 1.0).
  private static let visions: [[Vector]] = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  ]

  @Test(arguments: [true, false])
  func coloursDifferForAllVisions(isLight: Bool) {
    let colors = Palette.colors.map { Self.linear(isLight ? $0.light : $0.dark) }
    #expect(colors.count >= 10)
    for vision in Self.visions {
      let seen = colors.map { Self.lab(Self.times(vision, $0)) }
      for first in seen.indices {
        for second in seen[..<first].indices {
          let difference = zip(seen[first], seen[second]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
          #expect(difference >= 18, "\(first) and \(second) differ by \(difference)")
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func coloursStandOutFromTheBackground(isLight: Bool) {
    func luminance(_ hex: String) -> Double {
      zip(Self.linear(hex), [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let background = luminance(isLight ? Palette.background.light : Palette.background.dark)
    for color in Palette.colors {
      let own = luminance(isLight ? color.light : color.dark)
      let contrast = (max(own, background) + 0.05) / (min(own, background) + 0.05)
      #expect(contrast >= 2.995, "\(color) has \(contrast)")
    }
  }

  @Test func linesBeyondTheLastColourTakeAnotherDash() {
    #expect(Palette.color(12) == Palette.color(0))
    #expect(Palette.dash(.solid, slot: 11) == .solid && Palette.dash(.solid, slot: 12) == .dashed)
    #expect(Palette.dash(.dotted, slot: 12) == .dotted)
  }
}
