#include <math.h>

#include "element.h"
#include "handlers.h"

// Images [..., height, width, channels] seen through affine maps [..., 6], interpolated linearly between the centres
// of pixels: result (y, x) is the image at (m0 y + m1 x + m2, m3 y + m4 x + m5), places being relative to the middle.
// Attributes: fill, what lies outside (0 the nearest pixel, 1 the image mirrored, 2 the image again from the first
// pixel's centre to the last's, 3 a value), and value. Maps are f32; bytes give f32.

// Columns whose places are computed together, and rows that are handed out together.
enum { CHUNK = 64, BAND = 32 };

enum { NEAREST, REFLECT, WRAP, CONSTANT };

// How far outside a place may be and still be on the edge for CONSTANT and WRAP: the sine and cosine of a right angle
// aren't exact.
static const float tolerance = 1e-4f;

// The pixels to either side of each place on an axis, as offsets, and where between them it is.
typedef struct {
  int32_t low[CHUNK], high[CHUNK];
  float fraction[CHUNK];
  int32_t is_outside[CHUNK];
} Places;

// What isn't a number becomes 0.
TANREN_INLINE float bounded(float x, float last) { return x > 0 ? (x < last ? x : last) : 0; }

TANREN_INLINE int32_t mirrored(float index, float count, float last) {
  float within = index - floorf(index / (2 * count)) * (2 * count), back = 2 * count - 1 - within;
  return (int32_t)bounded(within < back ? within : back, last);
}

TANREN_INLINE void find_places(
  Places *restrict places, float start, float step, float first, int64_t columns, int64_t extent, int64_t stride, int fill) {
  float count = (float)extent, last = (float)(extent - 1), period = last > 1 ? last : 1;
  for (int64_t i = 0; i < columns; i++) {
    float place = start + step * (first + (float)i);
    int32_t is_outside = !(place >= -tolerance && place <= last + tolerance);
    if (fill == WRAP && is_outside) place -= floorf(place / period) * last;
    if (fill != REFLECT) place = bounded(place, last);
    float low = floorf(place);
    places->fraction[i] = place - low;
    places->is_outside[i] = is_outside;
    int32_t to_low = fill == REFLECT ? mirrored(low, count, last) : (int32_t)low;
    int32_t to_high = fill == REFLECT ? mirrored(low + 1, count, last) : (int32_t)bounded(low + 1, last);
    places->low[i] = to_low * (int32_t)stride;
    places->high[i] = to_high * (int32_t)stride;
  }
}

// A row of one image.
typedef struct {
  const float *map;
  float y, middle_y, middle_x, value;
  int64_t height, width, channels, fill;
} Row;

TANREN_INLINE void find_row(
  const Row *row, Places *restrict down, Places *restrict across, int64_t first, int64_t columns, int fill) {
  const float *m = row->map;
  float x = (float)first - row->middle_x;
  find_places(
    down, m[0] * row->y + m[2] + row->middle_y, m[1], x, columns, row->height, row->width * row->channels, fill);
  find_places(across, m[3] * row->y + m[5] + row->middle_x, m[4], x, columns, row->width, row->channels, fill);
}

TANREN_FORMS(void, find,
  (const Row *row, Places *restrict down, Places *restrict across, int64_t first, int64_t columns),
  (row, down, across, first, columns)) {
  switch (row->fill) {
    case NEAREST: find_row(row, down, across, first, columns, NEAREST); break;
    case REFLECT: find_row(row, down, across, first, columns, REFLECT); break;
    case WRAP: find_row(row, down, across, first, columns, WRAP); break;
    default: find_row(row, down, across, first, columns, CONSTANT); break;
  }
}

#define RESULT_ELEMENT TANREN_JOIN(tanren, RESULT)
#define STORE_RESULT TANREN_JOIN(tanren_store, RESULT)
#define TYPE u8
#define RESULT f32
#include "affine_sampling_rows.h"
#undef TYPE
#undef RESULT
#define TYPE f32
#define RESULT f32
#include "affine_sampling_rows.h"
#undef TYPE
#undef RESULT
#define TYPE bf16
#define RESULT bf16
#include "affine_sampling_rows.h"
#undef TYPE
#undef RESULT

typedef struct {
  int type;
  int64_t height, width, channels, fill, bands;
  float value;
  const char *images;
  const float *maps;
  char *result;
} Sampling;

static void sample_band(void *context, int64_t index) {
  const Sampling *sampling = context;
  int64_t image = index / sampling->bands, first = index % sampling->bands * BAND;
  int64_t line = sampling->width * sampling->channels, offset = image * sampling->height * line;
  Row row = {
    .map = sampling->maps + 6 * image, .middle_y = (float)(sampling->height - 1) / 2,
    .middle_x = (float)(sampling->width - 1) / 2, .value = sampling->value, .height = sampling->height,
    .width = sampling->width, .channels = sampling->channels, .fill = sampling->fill};
  for (int64_t y = first; y < first + BAND && y < sampling->height; y++) {
    row.y = (float)y - row.middle_y;
    int64_t start = offset + y * line;
    switch (sampling->type) {
      case XLA_FFI_DataType_U8:
        sample_row_u8(&row, (const tanren_u8 *)sampling->images + offset, (float *)sampling->result + start);
        break;
      case XLA_FFI_DataType_F32:
        sample_row_f32(&row, (const float *)sampling->images + offset, (float *)sampling->result + start);
        break;
      default:
        sample_row_bf16(&row, (const tanren_bf16 *)sampling->images + offset, (tanren_bf16 *)sampling->result + start);
        break;
    }
  }
}

// Arguments: the images and the maps. Result: the images seen through them.
XLA_FFI_Error *tanren_affine_sampling(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Sampling sampling = {0};
  double value = 0;
  const XLA_FFI_Buffer *images = tanren_argument(frame, 0), *maps = tanren_argument(frame, 1);
  const XLA_FFI_Buffer *result = tanren_result(frame, 0);
  bool fits = tanren_has(frame, 2, 1) && tanren_integer(frame, "fill", &sampling.fill) &&
    tanren_double(frame, "value", &value) && images->rank >= 3 && maps->rank == images->rank - 2 &&
    result->rank == images->rank && maps->dims[maps->rank - 1] == 6 && maps->dtype == XLA_FFI_DataType_F32 &&
    sampling.fill >= NEAREST && sampling.fill <= CONSTANT;
  int64_t count = 1;
  for (int64_t axis = 0; fits && axis < images->rank; axis++) {
    fits = images->dims[axis] == result->dims[axis] && images->dims[axis] > 0;
    if (fits && axis < images->rank - 3) {
      fits = images->dims[axis] == maps->dims[axis];
      count *= images->dims[axis];
    }
  }
  if (fits) {
    sampling.type = images->dtype;
    fits = (sampling.type == XLA_FFI_DataType_U8 && result->dtype == XLA_FFI_DataType_F32) ||
      ((sampling.type == XLA_FFI_DataType_F32 || sampling.type == XLA_FFI_DataType_BF16) && result->dtype == sampling.type);
  }
  if (fits) {
    sampling.height = images->dims[images->rank - 3];
    sampling.width = images->dims[images->rank - 2];
    sampling.channels = images->dims[images->rank - 1];
    // Offsets within an image are 32 bits wide.
    fits = sampling.height * sampling.width <= INT32_MAX / sampling.channels;
  }
  if (!fits) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "affine sampling: the arrays' types or extents don't fit");
  }
  sampling.value = (float)value;
  sampling.bands = (sampling.height + BAND - 1) / BAND;
  sampling.images = images->data;
  sampling.maps = maps->data;
  sampling.result = result->data;
  tanren_parallel(frame, count * sampling.bands, sample_band, &sampling);
  return NULL;
}
