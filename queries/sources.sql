-- SPDX-License-Identifier: Apache-2.0
-- All sources and their formats.
-- @column source INTEGER -  number of the source
-- @column parent INTEGER -  directory, archive or file that holds it
-- @column path TEXT -  label: file, archive!member, file#section
-- @column format TEXT -  format detected; NULL where not recognised
-- @column bytes INTEGER bytes  bytes read, after decompression; NULL where reading stopped at the limit of events
-- @column lines INTEGER -  lines read
-- @column events INTEGER -  events read from it
-- @column boot INTEGER -  its boot; the newest where it holds several
-- @column why TEXT -  why this format was detected, or none
-- @column status TEXT -  read, unrecognised, empty, failed, skipped or container
-- @needs sources
-- @empty Nothing was read.
SELECT source, parent, path, format, bytes, lines, events, boot, why, status
FROM sources
ORDER BY source
