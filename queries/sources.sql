-- Everything that was read, and what it was taken for.
-- @column source INTEGER -  number of the source
-- @column parent INTEGER -  directory, archive or file that holds it
-- @column path TEXT -  label: file, archive!member, file#section
-- @column format TEXT -  form it was read as; NULL where not recognised
-- @column bytes INTEGER bytes  bytes read, after decompression
-- @column lines INTEGER -  lines read
-- @column events INTEGER -  events taken from it
-- @column boot INTEGER -  boot it is from; the newest where it holds several
-- @column why TEXT -  why it was taken for its form, or was not
-- @column status TEXT -  read, unrecognised, empty, failed, skipped or container
-- @needs sources
-- @empty Nothing was read.
SELECT source, parent, path, format, bytes, lines, events, boot, why, status
FROM sources
ORDER BY source
