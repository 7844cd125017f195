#include "pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "instruction_set.h"

// Pillow's resampling of 8-bit pictures by a triangle filter: first along the rows, rounded to 8 bits, then along the
// columns, with weights of 22 binary digits (Pillow's src/libImaging/Resample.c describes the arithmetic). Sums are of
// whole numbers, so results don't depend on the processor.

#define DIGITS 22
#define HALF (1 << (DIGITS - 1))

// Weights of the source pixels for a range of output positions.
struct taps {
  // Weights per position, some of them 0.
  int most;
  // For each position the first source pixel and the number of pixels.
  int32_t *first;
  int32_t *count;
  int32_t *weights;
};

static void free_taps(struct taps *taps) {
  free(taps->first);
  free(taps->count);
  free(taps->weights);
}

// For output positions from `start` of `full` over `extent` source pixels.
static int make_taps(struct taps *taps, int32_t extent, int64_t full, int64_t start, int32_t length) {
  double scale = extent / (double)full, reach = scale < 1 ? 1 : scale;
  taps->most = (int)ceil(reach) * 2 + 1;
  taps->first = malloc(sizeof(int32_t) * (size_t)length);
  taps->count = malloc(sizeof(int32_t) * (size_t)length);
  taps->weights = calloc((size_t)length * (size_t)taps->most, sizeof(int32_t));
  double *values = malloc(sizeof(double) * (size_t)taps->most);
  int is_made = taps->first && taps->count && taps->weights && values;
  for (int32_t i = 0; is_made && i < length; i++) {
    double center = ((double)(start + i) + 0.5) * scale, sum = 0, inverse = 1 / reach;
    int32_t first = (int32_t)(center - reach + 0.5), end = (int32_t)(center + reach + 0.5);
    if (first < 0) first = 0;
    if (end > extent) end = extent;
    for (int32_t x = first; x < end; x++) {
      double distance = fabs((x - center + 0.5) * inverse), value = distance < 1 ? 1 - distance : 0;
      values[x - first] = value;
      sum += value;
    }
    taps->first[i] = first;
    taps->count[i] = end - first;
    for (int32_t x = 0; x < end - first; x++) {
      double value = sum != 0 ? values[x] / sum : values[x];
      taps->weights[(size_t)i * (size_t)taps->most + (size_t)x] = (int32_t)(0.5 + value * (1 << DIGITS));
    }
  }
  free(values);
  return is_made;
}

typedef int32_t four __attribute__((vector_size(16)));
typedef int32_t eight __attribute__((vector_size(32)));
typedef uint8_t four_bytes __attribute__((vector_size(4)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));

#define ALWAYS static inline __attribute__((always_inline))

// A row of pixels of 4 bytes.
ALWAYS void colour_row(const uint8_t *source, const struct taps *taps, int32_t length, uint8_t *target) {
  for (int32_t i = 0; i < length; i++) {
    const uint8_t *pixel = source + 4 * (size_t)taps->first[i];
    const int32_t *weights = taps->weights + (size_t)i * (size_t)taps->most;
    four sum = {HALF, HALF, HALF, HALF};
    for (int32_t x = 0; x < taps->count[i]; x++) {
      four_bytes bytes;
      memcpy(&bytes, pixel + 4 * x, 4);
      sum += __builtin_convertvector(bytes, four) * weights[x];
    }
    // Weights aren't negative and add up to 1, with errors far below half a level: nothing has to be clamped.
    four_bytes rounded = __builtin_convertvector(sum >> DIGITS, four_bytes);
    memcpy(target + 4 * (size_t)i, &rounded, 4);
  }
}

ALWAYS void grey_row(const uint8_t *source, const struct taps *taps, int32_t length, uint8_t *target) {
  for (int32_t i = 0; i < length; i++) {
    const uint8_t *pixel = source + taps->first[i];
    const int32_t *weights = taps->weights + (size_t)i * (size_t)taps->most;
    int32_t sum = HALF;
    for (int32_t x = 0; x < taps->count[i]; x++) sum += pixel[x] * weights[x];
    target[i] = (uint8_t)(sum >> DIGITS);
  }
}

// The weighted sum of `count` rows of `length` bytes.
ALWAYS void column_sum(
  const uint8_t *rows, size_t length, const int32_t *weights, int32_t count, uint8_t *target) {
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    eight sum = {HALF, HALF, HALF, HALF, HALF, HALF, HALF, HALF};
    for (int32_t y = 0; y < count; y++) {
      eight_bytes bytes;
      memcpy(&bytes, rows + (size_t)y * length + i, 8);
      sum += __builtin_convertvector(bytes, eight) * weights[y];
    }
    eight_bytes rounded = __builtin_convertvector(sum >> DIGITS, eight_bytes);
    memcpy(target + i, &rounded, 8);
  }
  for (; i < length; i++) {
    int32_t sum = HALF;
    for (int32_t y = 0; y < count; y++) sum += rows[(size_t)y * length + i] * weights[y];
    target[i] = (uint8_t)(sum >> DIGITS);
  }
}

struct work {
  const struct tanren_picture *picture;
  const struct taps *across, *down;
  // The source rows that the window needs.
  int32_t first_row, row_count;
  int32_t left, width, height;
  // Those rows resized, and one row of the result.
  uint8_t *rows, *line;
  uint8_t *output;
  size_t stride;
};

ALWAYS void resize_rows(const struct work *work) {
  const struct tanren_picture *picture = work->picture;
  size_t size = (size_t)picture->channels, stride = (size_t)picture->width * size;
  size_t length = (size_t)work->width * size;
  for (int32_t y = 0; y < work->row_count; y++) {
    const uint8_t *source = picture->pixels + (size_t)(work->first_row + y) * stride;
    uint8_t *target = work->rows + (size_t)y * length;
    if (!work->across) {
      memcpy(target, source + (size_t)work->left * size, length);
    } else if (size == 4) {
      colour_row(source, work->across, work->width, target);
    } else {
      grey_row(source, work->across, work->width, target);
    }
  }
  for (int32_t y = 0; y < work->height; y++) {
    const uint8_t *line = work->rows + (size_t)y * length;
    if (work->down) {
      const uint8_t *rows = work->rows + (size_t)(work->down->first[y] - work->first_row) * length;
      column_sum(rows, length, work->down->weights + (size_t)y * (size_t)work->down->most, work->down->count[y],
        work->line);
      line = work->line;
    }
    uint8_t *target = work->output + (size_t)y * work->stride;
    if (size == 1) {
      memcpy(target, line, length);
      continue;
    }
    for (int32_t x = 0; x < work->width; x++) {
      target[3 * x] = line[4 * x];
      target[3 * x + 1] = line[4 * x + 1];
      target[3 * x + 2] = line[4 * x + 2];
    }
  }
}

#if defined(__x86_64__)
TANREN_FOR_AVX2 static void resize_rows_avx2(const struct work *work) { resize_rows(work); }
#endif

int tanren_picture_resize(
  const struct tanren_picture *picture, int64_t full_width, int64_t full_height, int64_t left, int64_t top,
  int32_t width, int32_t height, uint8_t *output, size_t stride) {
  struct taps across = {0}, down = {0};
  struct work work = {
    .picture = picture, .first_row = (int32_t)top, .row_count = height, .left = (int32_t)left, .width = width, .height = height,
    .output = output, .stride = stride,
  };
  int is_done = 1;
  if (full_width != picture->width) {
    is_done = make_taps(&across, picture->width, full_width, left, width);
    work.across = &across;
  }
  if (full_height != picture->height) {
    is_done = is_done && make_taps(&down, picture->height, full_height, top, height);
    work.down = &down;
    if (is_done) {
      work.first_row = down.first[0];
      work.row_count = down.first[height - 1] + down.count[height - 1] - work.first_row;
    }
  }
  size_t length = (size_t)width * (size_t)picture->channels;
  if (is_done) {
    work.rows = malloc((size_t)work.row_count * length);
    work.line = malloc(length);
    is_done = work.rows && work.line;
  }
  if (is_done) {
#if defined(__x86_64__)
    if (tanren_instruction_set() >= TANREN_AVX2) {
      resize_rows_avx2(&work);
    } else {
      resize_rows(&work);
    }
#else
    resize_rows(&work);
#endif
  }
  free(work.rows);
  free(work.line);
  free_taps(&across);
  free_taps(&down);
  return is_done;
}
