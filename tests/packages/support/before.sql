-- Rows as the version with the first three migrations wrote them.
INSERT INTO tasks VALUES ('019900000000AAAAAAAAAAAAAAAA', 'ada', 'tsk_before1', NULL, 'image.generate', 'completed', 2,
  'a fox from before', 'tsu/base', 'tsu/base', NULL, '0.03', '{"mine":1}', NULL, '2025-08-31T10:00:00.000Z', '2025-08-31T10:00:05.000Z');
INSERT INTO images VALUES ('AAAAAAAAAAAAAAAA00', '019900000000AAAAAAAAAAAAAAAA', 'ada', 'tsk_before1', 'tsu/base', 0, 'success',
  'img_before1', 'https://pictures.example/fox.png', NULL);
INSERT INTO images VALUES ('AAAAAAAAAAAAAAAA01', '019900000000AAAAAAAAAAAAAAAA', 'ada', 'tsk_before1', 'tsu/base', 1, 'failed',
  NULL, NULL, '{"code":"content_blocked","message":"The picture was not made."}');
INSERT INTO tasks VALUES ('019900000001BBBBBBBBBBBBBBBB', 'ada', 'tsk_before2', 'btc_before', 'image.alt', 'completed', 2,
  NULL, NULL, NULL, NULL, NULL, '{}', '{"text":"A fox."}', '2025-08-31T10:00:00.001Z', '2025-08-31T10:00:04.000Z');
INSERT INTO tasks VALUES ('019900000002CCCCCCCCCCCCCCCC', 'ada', NULL, NULL, 'image.generate', 'failed', 1,
  'refused', 'tsu/base', NULL, '{"code":"invalid_model","message":"No such model."}', NULL, '{}', NULL, '2025-08-31T10:00:00.002Z', '2025-08-31T10:00:01.000Z');
INSERT INTO sweep VALUES (1, 'ada', '019900000002CCCCCCCCCCCCCCCC');
INSERT INTO channels VALUES ('cha_before', 'ada', 'summary', 'completed', 2, NULL, '2025-08-31T10:00:00.000Z', '2025-08-31T10:00:05.000Z');
INSERT INTO ai_content (seq, id, title, body, category, metadata, data, channel_id, event_name, user_id, callback, created_at)
  VALUES (7, 'cnt_before', 'A title from before', 'A body.', 'news', '{}', '{"k":1}', 'cha_before', 'made', 'ada', 'delivered', '2025-08-31T10:00:05.000Z');
